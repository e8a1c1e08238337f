// Boxes and arrows, in columns; on a narrow screen columns become rows. Every box may be a link.
const BOX = { width: 150, height: 58, gapX: 46, gapY: 40 };
const NARROW = { width: 138, height: 58, gapX: 56, gapY: 34 };

export default {
  template: `
    <figure class="picture" :aria-label="caption">
      <svg v-for="view in views" :key="view.name" :class="'picture-' + view.name" role="img" :aria-label="caption"
        :viewBox="'0 0 ' + view.width + ' ' + view.height" :style="{ maxWidth: view.width * 1.15 + 'px' }">
        <defs>
          <marker :id="id + view.name" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0,0 L8,4 L0,8 z" fill="context-stroke"></path>
          </marker>
        </defs>
        <g v-for="edge in view.edges" :key="edge.key" :class="'edge ' + edge.mark">
          <path :d="edge.path" :marker-end="'url(#' + id + view.name + ')'"></path>
          <text v-if="edge.label" :x="edge.x" :y="edge.y" text-anchor="middle">{{ edge.label }}</text>
        </g>
        <a v-for="box in view.boxes" :key="box.id" :href="box.href || null" :aria-label="box.title + ' ' + box.line">
          <g :class="'box ' + box.mark">
            <rect :x="box.left" :y="box.top" :width="view.size.width" :height="view.size.height" rx="6"></rect>
            <text :x="box.left + view.size.width / 2" :y="box.top + (box.line ? 25 : 34)" text-anchor="middle"
              class="box-title">{{ box.title }}</text>
            <text v-if="box.line" :x="box.left + view.size.width / 2" :y="box.top + 44" text-anchor="middle"
              class="box-line">{{ box.line }}</text>
          </g>
        </a>
      </svg>
    </figure>`,
  props: { caption: String, nodes: Array, edges: Array, id: { type: String, default: "picture" } },
  computed: {
    views() {
      if (!this.nodes.length) return [];
      return [this.view("wide", BOX, (node) => [node.x, node.y]), this.view("narrow", NARROW, (node) => [node.y, node.x])];
    },
  },
  methods: {
    view(name, size, cell) {
      const boxes = this.nodes.map((node) => {
        const [column, row] = cell(node);
        const left = 4 + column * (size.width + size.gapX);
        return { ...node, left, top: 4 + row * (size.height + size.gapY) };
      });
      const by = Object.fromEntries(boxes.map((box) => [box.id, box]));
      const edges = this.edges
        .filter((edge) => by[edge.start] && by[edge.end])
        .map((edge) => ({ ...edge, key: edge.start + edge.end, ...this.line(by[edge.start], by[edge.end], size) }));
      const width = Math.max(...boxes.map((box) => box.left + size.width)) + 4;
      const height = Math.max(...boxes.map((box) => box.top + size.height)) + 4;
      return { name, size, boxes, edges, width, height };
    },
    line(from, to, size) {
      const middle = (box) => [box.left + size.width / 2, box.top + size.height / 2];
      let [x1, y1] = middle(from);
      let [x2, y2] = middle(to);
      // From edge to edge: sideways within a row, else up or down.
      if (from.top === to.top) {
        const way = Math.sign(to.left - from.left);
        x1 += (way * size.width) / 2;
        x2 -= (way * size.width) / 2;
      } else {
        const way = Math.sign(to.top - from.top);
        y1 += (way * size.height) / 2;
        y2 -= (way * size.height) / 2;
      }
      const aside = Math.abs(x1 - x2) < 2 && from.top !== to.top ? 26 : 0;
      return { path: `M${x1},${y1} L${x2},${y2}`, x: (x1 + x2) / 2 + aside, y: (y1 + y2) / 2 - (aside ? -4 : 6) };
    },
  },
};
