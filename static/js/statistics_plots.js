/**
 * Draws the plots of the pages of figures. Every word and number to write comes with the data; what is drawn
 * here stands in a table as well, which is folded away once its plot is there.
 */
const LIBRARY = document.getElementById("plots-script")?.dataset.library;
const isRtl = document.documentElement.dir === "rtl";
const HATCH = {
  symbol: "rect",
  symbolSize: 1,
  dashArrayX: [1, 0],
  dashArrayY: [2, 5],
  rotation: -Math.PI / 4,
};

/** The page's colours as they are now: light, dark or forced by the system. */
/** Thousands apart, by a space that does not break in any language: as the server writes numbers. */
function grouped(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
}

function palette() {
  const probe = document.createElement("span");
  document.body.append(probe);
  const resolved = (name) => {
    probe.style.color = `var(--plot-${name})`;
    return getComputedStyle(probe).color;
  };
  const names = ["ground", "ink", "ink-2", "line", "action", "danger", "danger-tint", "low", "high", "on-high"];
  const found = Object.fromEntries(names.map((name) => [name, resolved(name)]));
  probe.remove();
  return found;
}

function sizes() {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  return { text: Math.round(0.875 * rem), small: Math.round(0.75 * rem), rem };
}

/** What all plots share. */
function frame(colours, size) {
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: size.text, color: colours.ink },
    tooltip: { show: false },
  };
}

function categoryAxis(labels, colours, size) {
  return {
    type: "category",
    data: labels,
    inverse: isRtl,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colours.ink, width: 2 } },
    axisLabel: { color: colours.ink, fontSize: size.text, interval: "auto", hideOverlap: true },
  };
}

function valueAxis(colours, size, more = {}) {
  return {
    type: "value",
    position: isRtl ? "right" : "left",
    splitNumber: 3,
    axisLabel: { color: colours.ink, fontSize: size.text, formatter: grouped },
    splitLine: { lineStyle: { color: colours.line } },
    ...more,
  };
}

/** The scale ends where it likes to, unless the target lies beyond. */
function endBeyond(target) {
  return (range) => (target && target.value > range.max ? target.value * 1.2 : null);
}

/** Six colours from one to the other, without the middle on which neither dark nor light text is readable. */
function ramp(low, high) {
  const parts = [low, high].map((colour) => colour.match(/[\d.]+/g).map(Number));
  return [0, 0.14, 0.28, 0.72, 0.86, 1].map((share) => {
    const mixed = parts[0].slice(0, 3).map((from, index) => Math.round(from + (parts[1][index] - from) * share));
    return `rgb(${mixed.join(",")})`;
  });
}

function targetLine(target, colours, size, axis, room = true) {
  if (!target) return undefined;
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: colours.ink, width: 2, type: [4, 4] },
    label: {
      show: room,
      formatter: target.text,
      position: axis === "y" ? "insideEndTop" : "end",
      color: colours.ink,
      fontWeight: "bold",
      fontSize: size.text,
      backgroundColor: axis === "y" ? colours.ground : undefined,
      padding: axis === "y" ? [1, 3] : 0,
    },
    data: [axis === "y" ? { yAxis: target.value } : { xAxis: target.value }],
  };
}

function hours(data, colours, size) {
  const stem = (params, api) => {
    const high = api.value(1);
    if (Number.isNaN(high)) return undefined;
    const [x, top] = api.coord([api.value(0), high]);
    const [, foot] = api.coord([api.value(0), data.bars[api.value(0)] ?? 0]);
    const half = Math.min(9, api.size([1, 0])[0] / 5);
    const style = { stroke: colours.ink, lineWidth: 2 };
    return {
      type: "group",
      children: [
        { type: "line", shape: { x1: x, y1: foot, x2: x, y2: top }, style },
        { type: "line", shape: { x1: x - half, y1: top, x2: x + half, y2: top }, style },
        {
          type: "text",
          style: { text: data.texts[api.value(0)], x, y: top - 6, align: "center", verticalAlign: "bottom",
            fill: colours.ink, fontSize: size.text },
        },
      ],
    };
  };
  const stems = data.whiskers.map((high, index) => [index, high ?? NaN]);
  return {
    ...frame(colours, size),
    grid: { left: 4, right: 4, top: size.text * 2, bottom: 8, containLabel: true },
    xAxis: categoryAxis(data.labels, colours, size),
    yAxis: valueAxis(colours, size, { max: endBeyond(data.target) }),
    series: [
      {
        type: "bar",
        data: data.bars.map((value, index) => ({
          value: value ?? 0,
          label: { show: value === null, position: "top", formatter: data.texts[index], color: colours["ink-2"] },
        })),
        barWidth: "50%",
        itemStyle: { color: colours.action },
        markLine: targetLine(data.target, colours, size, "y"),
      },
      { type: "custom", renderItem: stem, data: stems, encode: { x: 0, y: 1 }, z: 5 },
    ],
  };
}

function heat(data, colours, size) {
  const most = Math.max(1, ...data.cells.map((cell) => cell.value ?? 0));
  const levelOf = (cell) => (cell.value === null ? null : Math.ceil((5 * cell.value) / most));
  const narrow = data.columns.length > 6 && window.innerWidth < 480;
  return {
    ...frame(colours, size),
    grid: { left: 4, right: 4, top: 4, bottom: 8, containLabel: true },
    xAxis: {
      ...categoryAxis(data.columns.map((name) => (narrow ? name.split("–")[0] : name)), colours, size),
      axisLine: { show: false },
    },
    yAxis: {
      ...categoryAxis(data.rows, colours, size),
      inverse: true,
      position: isRtl ? "right" : "left",
      axisLine: { show: false },
    },
    visualMap: { show: false, min: 0, max: 5, inRange: { color: ramp(colours.low, colours.high) }, seriesIndex: 0 },
    series: [
      {
        type: "heatmap",
        data: data.cells.map((cell) => ({
          value: [cell.x, cell.y, levelOf(cell) ?? "-"],
          label: { color: levelOf(cell) > 2 ? colours["on-high"] : colours.ink },
        })),
        label: { show: true, fontSize: size.text, formatter: ({ dataIndex }) => data.cells[dataIndex].text },
        itemStyle: { borderColor: colours.ground, borderWidth: 2 },
      },
      {
        type: "scatter",
        silent: true,
        symbolSize: 0,
        data: data.cells.filter((cell) => cell.value === null).map((cell) => ({
          value: [cell.x, cell.y],
          label: { show: true, position: "inside", formatter: cell.text, color: colours["ink-2"] },
        })),
      },
    ],
  };
}

function ranks(data, colours, size, width) {
  const most = data.most ?? Math.max(1, ...data.values.map((value) => value ?? 0)) * 1.02;
  const room = Math.max(...data.texts.map((text) => text.length)) * size.text * 0.56 + 12;
  const below = data.below ?? [];
  return {
    ...frame(colours, size),
    grid: {
      left: isRtl ? room : 4,
      right: isRtl ? 4 : room,
      top: 4,
      bottom: data.target ? size.text * 1.6 : 4,
      containLabel: true,
    },
    xAxis: { type: "value", show: false, min: 0, max: most, inverse: isRtl },
    yAxis: {
      ...categoryAxis(data.labels, colours, size),
      inverse: true,
      position: isRtl ? "right" : "left",
      axisLine: { show: false },
      axisLabel: { color: colours.ink, fontSize: size.text, fontWeight: "bold", width: Math.min(16 * size.text, width * 0.4),
        overflow: "truncate" },
    },
    series: [
      {
        type: "bar",
        barWidth: "68%",
        cursor: data.links?.length ? "pointer" : "default",
        data: data.values.map((value, index) => ({
          value: value ?? 0,
          itemStyle: below[index]
            ? { color: colours["danger-tint"], borderColor: colours.danger, borderWidth: 2,
                decal: { ...HATCH, color: colours.danger } }
            : { color: colours.action, decal: { symbol: "none" } },
        })),
        markLine: data.target && {
          ...targetLine(data.target, colours, size, "x"),
          label: { show: true, position: "end", formatter: data.target.text, color: colours.ink,
            fontWeight: "bold", fontSize: size.text },
        },
      },
      {
        type: "bar",
        silent: true,
        barGap: "-100%",
        barWidth: "68%",
        itemStyle: { color: "transparent", decal: { symbol: "none" } },
        data: data.values.map(() => most),
        label: {
          show: true,
          position: isRtl ? "left" : "right",
          distance: 8,
          formatter: ({ dataIndex }) => data.texts[dataIndex],
          color: colours.ink,
          fontSize: size.text,
        },
      },
    ],
  };
}

function panels(data, colours, size, width) {
  const count = data.panels.length;
  const across = width > 900 ? Math.min(count, 5) : width > 600 ? 3 : width > 480 ? 2 : 1;
  const down = Math.ceil(count / across);
  const tall = 10.5 * size.rem;
  const option = { ...frame(colours, size), title: [], grid: [], xAxis: [], yAxis: [], series: [] };
  data.panels.forEach((panel, index) => {
    const place = isRtl ? across - 1 - (index % across) : index % across;
    const left = (place * width) / across + 4;
    const top = Math.floor(index / across) * tall;
    const last = panel.values.findLastIndex((value) => value !== null);
    option.title.push({ text: panel.name, left, top, textStyle: { fontSize: size.text, color: colours.ink } });
    option.grid.push({ left, top: top + size.text * 3, width: width / across - 32, height: tall - size.text * 6,
      containLabel: true });
    option.xAxis.push({ ...categoryAxis(data.labels, colours, size), gridIndex: index, boundaryGap: false,
      axisLabel: { color: colours["ink-2"], fontSize: size.small, showMinLabel: true, showMaxLabel: true,
        interval: Math.max(0, data.labels.length - 2), alignMinLabel: isRtl ? "right" : "left",
        alignMaxLabel: isRtl ? "left" : "right" } });
    option.yAxis.push(valueAxis(colours, size, { gridIndex: index, min: 0, splitNumber: 2,
      axisLabel: { color: colours["ink-2"], fontSize: size.small, formatter: grouped },
      max: endBeyond(panel.target) }));
    option.series.push({
      type: "line",
      xAxisIndex: index,
      yAxisIndex: index,
      connectNulls: false,
      symbol: "circle",
      symbolSize: 6,
      lineStyle: { color: colours.action, width: 2 },
      itemStyle: { color: colours.action },
      data: panel.values.map((value, at) => ({
        value: value ?? "-",
        label: { show: at === last, position: "top", align: isRtl ? "left" : "right", formatter: panel.texts[at],
          color: colours.ink, fontWeight: "bold", backgroundColor: colours.ground, padding: [1, 2] },
      })),
      markLine: targetLine(panel.target, colours, size, "y", false),
    });
  });
  return { option, height: down * tall };
}

function pairs(data, colours, size) {
  const looks = [
    { color: colours.action, decal: { symbol: "none" } },
    { color: colours.ground, borderColor: colours.ink, borderWidth: 2, decal: { ...HATCH, color: colours.ink } },
  ];
  return {
    ...frame(colours, size),
    legend: { top: 0, left: isRtl ? "right" : "left", textStyle: { color: colours.ink, fontSize: size.text },
      selectedMode: false, itemWidth: 24 },
    grid: { left: 4, right: 4, top: size.text * 3.5, bottom: 8, containLabel: true },
    xAxis: categoryAxis(data.labels, colours, size),
    yAxis: valueAxis(colours, size),
    series: data.series.map((one, index) => ({
      type: "bar",
      name: one.name,
      itemStyle: looks[index],
      barMaxWidth: 36,
      data: one.values.map((value) => value ?? "-"),
      label: { show: data.labels.length < 9 && window.innerWidth > 700, position: "top", color: colours.ink,
        fontSize: size.small, formatter: ({ dataIndex }) => one.texts[dataIndex] },
    })),
  };
}

const DRAWN = { hours, heat, ranks, pairs };
const ROW_REM = { ranks: 2, heat: 2.4 };

function heightOf(data, size) {
  if (data.kind === "ranks") return (data.labels.length * ROW_REM.ranks + (data.target ? 1.8 : 0.5)) * size.rem;
  if (data.kind === "heat") return (data.rows.length * ROW_REM.heat + 2) * size.rem;
  return 15 * size.rem;
}

/** Draws one plot; drawn anew when its place changes its width or the colours change. */
function draw(echarts, place, data) {
  const colours = palette();
  const size = sizes();
  place.hidden = false;
  const width = place.clientWidth;
  let option;
  let height = heightOf(data, size);
  if (data.kind === "lines") ({ option, height } = panels(data, colours, size, width));
  else option = DRAWN[data.kind](data, colours, size, width);
  echarts.getInstanceByDom(place)?.dispose();
  place.style.blockSize = `${height}px`;
  const chart = echarts.init(place, null, { renderer: "svg", width, height });
  chart.setOption(option);
  const picture = place.querySelector("svg");
  picture?.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture?.setAttribute("aria-hidden", "true");
  const links = data.links ?? [];
  if (links.some(Boolean)) {
    chart.on("click", ({ dataIndex }) => {
      if (links[dataIndex]) location.assign(links[dataIndex]);
    });
  }
  place.dataset.width = width;
}

async function start() {
  const places = [...document.querySelectorAll("[data-plot]")];
  if (!places.length || !LIBRARY) return;
  const echarts = await import(LIBRARY);
  const drawn = places.map((place) => ({
    place,
    data: JSON.parse(document.getElementById(`${place.dataset.plot}-data`).textContent),
  }));
  const all = () => drawn.forEach(({ place, data }) => draw(echarts, place, data));
  all();
  for (const { place } of drawn) {
    const section = place.closest(".plotted");
    section.querySelector(".plot__note").hidden = false;
    const table = section.querySelector(".as-table:not([data-always])");
    if (table) table.open = false;
    new ResizeObserver(() => {
      const { data } = drawn.find((one) => one.place === place);
      if (place.clientWidth && Number(place.dataset.width) !== place.clientWidth) draw(echarts, place, data);
    }).observe(place);
  }
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)", "print"]) {
    matchMedia(query).addEventListener("change", all);
  }
  document.documentElement.dataset.plots = "drawn";
}

start();
