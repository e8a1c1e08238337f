// Lanes of bars on one axis. A bar's text is beside it; it can be reached with Tab and is shown whole below.
export default {
  template: `
    <div class="bars" role="group" :aria-label="caption">
      <div class="bars-axis" aria-hidden="true">
        <span v-for="tick in ticks" :key="tick.place" :style="{ left: tick.place + '%' }">{{ tick.label }}</span>
      </div>
      <ul>
        <li v-for="lane in lanes" :key="lane.name + lane.href">
          <component :is="lane.href ? 'a' : 'span'" :href="lane.href" class="bars-name" :title="lane.name">
            {{ lane.name }}
          </component>
          <div class="bars-track">
            <span v-for="tick in ticks" :key="tick.place" class="bars-line" :style="{ left: tick.place + '%' }"></span>
            <button v-for="(bar, place) in lane.bars" :key="place" type="button" :class="'bar ' + bar.mark"
              :style="{ left: bar.left + '%', width: 'max(' + bar.width + '%, 4px)' }"
              :aria-label="lane.name + ': ' + bar.label + ', ' + bar.when" :title="bar.label + '\\n' + bar.when"
              @click="chosen = lane.name + ': ' + bar.label + ', ' + bar.when"
              @focus="chosen = lane.name + ': ' + bar.label + ', ' + bar.when"></button>
          </div>
          <span class="bars-text">{{ lane.text }}</span>
        </li>
      </ul>
      <p class="bars-chosen" aria-live="polite">{{ chosen || hint }}</p>
    </div>`,
  props: { caption: String, lanes: Array, ticks: Array, hint: String },
  data() {
    return { chosen: "" };
  },
};
