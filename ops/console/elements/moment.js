import { shown, ticking } from "console/time.js";

// An instant in the viewer's zone, with UTC on hover.
export default {
  mixins: [ticking],
  template: `<time :datetime="iso" :title="iso + ' (UTC)'">{{ text }}</time>`,
  props: { iso: String, kind: { type: String, default: "date" } },
  computed: {
    text() {
      return shown(this.iso, this.kind, this.now);
    },
  },
};
