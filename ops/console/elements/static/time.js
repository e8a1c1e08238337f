// Shared by the components: texts for instants.
// An instant in the viewer's zone, with UTC on hover. `kind`: clock, date, since or until.
const DAY = 86400000;

export function shown(iso, kind, now) {
  const at = new Date(iso);
  if (isNaN(at)) return iso || "";
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
  if (kind === "since") return `${span(Math.max(0, now - at))} ago`;
  if (kind === "until") return at > now ? `in ${span(at - now)}` : "now";
  if (kind === "clock") {
    return `${at.toLocaleTimeString([], clock)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
  }
  const far = Math.abs(now - at) > 300 * DAY;
  const day = { day: "numeric", month: "short", ...(far ? { year: "numeric" } : {}) };
  return `${at.toLocaleDateString([], day)} ${at.toLocaleTimeString([], clock)}`;
}

function span(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} days`;
}

// The stack's own clock, which runs ahead of the viewer's on an accelerated laptop.
function stackNow() {
  return Date.now() + (window.consoleAheadMs || 0);
}

// Redraw a component each second, so that its texts for instants stay true.
export const ticking = {
  data() {
    return { now: stackNow() };
  },
  mounted() {
    this.ticks = setInterval(() => (this.now = stackNow()), 1000);
  },
  unmounted() {
    clearInterval(this.ticks);
  },
};
