import { shown, ticking } from "console/time.js";

// From so many characters on, a text that is kept on one line is broken.
const LONG = 60;

// A table. On a narrow screen each row is a card; the roles keep it a table for a screen reader.
export default {
  mixins: [ticking],
  template: `
    <div class="rows-frame">
      <table class="rows" role="table" :aria-label="caption">
        <thead role="rowgroup">
          <tr role="row">
            <th v-if="selectable" role="columnheader" class="rows-pick">
              <input type="checkbox" aria-label="Select all" :checked="all" @change="pickAll($event.target.checked)">
            </th>
            <th v-for="column in columns" :key="column.key" role="columnheader" scope="col" :class="column.kind">
              {{ column.label }}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          <tr v-for="row in rows" :key="row.key" role="row">
            <td v-if="selectable" role="cell" class="rows-pick">
              <input type="checkbox" :aria-label="'Select ' + row.key" :checked="picked.includes(row.key)"
                @change="pick(row.key, $event.target.checked)">
            </td>
            <td v-for="column in columns" :key="column.key" role="cell" :data-label="column.label"
              :class="[column.kind, { blank: !row.cells[column.key], long: isLong(row.cells[column.key]) }]">
              <component :is="row.links && row.links[column.key] ? 'a' : 'span'"
                :href="row.links && row.links[column.key]">
                <span v-if="column.kind === 'status' && row.cells[column.key]"
                  :class="'badge ' + (row.marks || {})[column.key]">
                  {{ row.cells[column.key] }}
                </span>
                <time v-else-if="isTime(column) && row.cells[column.key]" :datetime="row.cells[column.key]"
                  :title="row.cells[column.key] + ' (UTC)'">{{ time(row.cells[column.key], column) }}</time>
                <details v-else-if="column.kind === 'json'">
                  <summary>Show</summary>
                  <pre tabindex="0">{{ row.cells[column.key] }}</pre>
                </details>
                <template v-else>{{ row.cells[column.key] }}</template>
              </component>
            </td>
          </tr>
        </tbody>
      </table>
      <p v-if="!rows.length" class="empty">{{ empty }}</p>
    </div>`,
  props: {
    caption: String,
    columns: Array,
    rows: Array,
    empty: String,
    selectable: Boolean,
    picked: { type: Array, default: () => [] },
  },
  computed: {
    all() {
      return this.rows.length > 0 && this.rows.every((row) => this.picked.includes(row.key));
    },
  },
  methods: {
    isLong(text) {
      return (text || "").length > LONG;
    },
    isTime(column) {
      return ["date", "clock", "since", "until"].includes(column.kind);
    },
    time(iso, column) {
      return shown(iso, column.kind, this.now);
    },
    pick(key, wanted) {
      this.$emit("pick", wanted ? [...this.picked, key] : this.picked.filter((each) => each !== key));
    },
    pickAll(wanted) {
      this.$emit("pick", wanted ? this.rows.map((row) => row.key) : []);
    },
  },
};
