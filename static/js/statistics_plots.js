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

/** Thousands apart, by a space that does not break in any language: as the server writes numbers. */
function grouped(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
}

/** The page's colours as they are now: light, dark or forced by the system. */
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

/** Height of a line of text, told to the library: it would measure it by a sign that not every font has. */
function lineOf(size) {
  return Math.round(size.text * 1.25);
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

/** The first and the last name stay within the plot. */
function atTheEnds() {
  return { alignMinLabel: isRtl ? "right" : "left", alignMaxLabel: isRtl ? "left" : "right" };
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

function targetLine(target, colours, axis) {
  if (!target) return undefined;
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: colours.ink, width: 2, type: [4, 4] },
    label: { show: false },
    data: [{ [axis]: target.value }],
  };
}

/** A short dashed line and what it stands for, above the plot, where no bar comes in its way. */
function targetKey(target, colours, size) {
  if (!target) return [];
  const key = { type: "line", shape: { x1: 0, y1: lineOf(size) / 2, x2: 24, y2: lineOf(size) / 2 },
    style: { stroke: colours.ink, lineWidth: 2, lineDash: [4, 4] } };
  const words = { type: "text", x: 32, style: { text: target.text, fill: colours.ink, fontSize: size.text,
    fontWeight: "bold", fontFamily: getComputedStyle(document.body).fontFamily, lineHeight: lineOf(size) } };
  return [{ type: "group", silent: true, top: 0, [isRtl ? "left" : "right"]: 4, children: [key, words] }];
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
    graphic: targetKey(data.target, colours, size),
    grid: { left: 4, right: 4, top: size.text * (data.target ? 3.5 : 2), bottom: 8, containLabel: true },
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
        markLine: targetLine(data.target, colours, "yAxis"),
      },
      { type: "custom", renderItem: stem, data: stems, encode: { x: 0, y: 1 }, z: 5 },
    ],
  };
}

/** About as wide as a text is drawn. */
function widthOf(text, size) {
  return text.length * size.text * 0.6;
}

function widest(texts, size) {
  return Math.max(0, ...texts.map((text) => widthOf(text, size)));
}

/** Whether the numbers fit beside each other, given the names of rows and how many columns there are. */
function hasRoom({ rows, columns, cells }, size, width) {
  const room = (width - widest(rows, size) - 24) / columns.length;
  return widest(cells.map((cell) => cell.text), size) + 8 < room;
}

/** Days across and hours down where the screen is too narrow for the hours of a day in a row. */
function turned(data, size, width) {
  if (hasRoom(data, size, width)) return data;
  return {
    ...data,
    columns: data.short_rows,
    rows: data.columns,
    cells: data.cells.map((cell) => ({ ...cell, x: cell.y, y: cell.x })),
  };
}

function heat(given, colours, size, width) {
  const data = turned(given, size, width);
  const most = Math.max(1, ...data.cells.map((cell) => cell.value ?? 0));
  const levelOf = (cell) => (cell.value === null ? null : Math.ceil((5 * cell.value) / most));
  const show = hasRoom(data, size, width);
  return {
    ...frame(colours, size),
    grid: { left: 4, right: 4, top: 4, bottom: 8, containLabel: true },
    xAxis: {
      ...categoryAxis(data.columns, colours, size),
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
        label: { show, fontSize: size.text, formatter: ({ dataIndex }) => data.cells[dataIndex].text },
        itemStyle: { borderColor: colours.ground, borderWidth: 2 },
      },
      {
        type: "scatter",
        silent: true,
        symbolSize: 0,
        data: data.cells.filter((cell) => cell.value === null).map((cell) => ({
          value: [cell.x, cell.y],
          label: { show, position: "inside", formatter: cell.text, color: colours["ink-2"], fontSize: size.text },
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
      axisLabel: { color: colours.ink, fontSize: size.text, fontWeight: "bold", width: nameWidth(data, size, width),
        lineHeight: lineOf(size), overflow: "break", interval: 0 },
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
          ...targetLine(data.target, colours, "xAxis"),
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
  const tall = 11.5 * size.rem;
  const option = { ...frame(colours, size), title: [], grid: [], xAxis: [], yAxis: [], series: [] };
  data.panels.forEach((panel, index) => {
    const place = isRtl ? across - 1 - (index % across) : index % across;
    const left = (place * width) / across + 4;
    const top = Math.floor(index / across) * tall;
    const last = panel.values.findLastIndex((value) => value !== null);
    option.title.push({
      text: panel.name,
      subtext: last < 0 ? panel.none : `${data.labels[last]}: ${panel.texts[last]}`,
      left: isRtl ? left + width / across - 36 : left,
      textAlign: isRtl ? "right" : "left",
      top,
      padding: 0,
      itemGap: 2,
      textStyle: { fontSize: size.text, lineHeight: lineOf(size), color: colours.ink, width: width / across - 16,
        overflow: "truncate" },
      subtextStyle: { fontSize: size.text, lineHeight: lineOf(size), color: colours.ink },
    });
    option.grid.push({ left, top: top + size.text * 4, width: width / across - 32, height: tall - size.text * 7,
      containLabel: true });
    option.xAxis.push({ ...categoryAxis(data.labels, colours, size), gridIndex: index, boundaryGap: false,
      axisLabel: { color: colours["ink-2"], fontSize: size.small, showMinLabel: true, showMaxLabel: true,
        interval: Math.max(0, data.labels.length - 2), ...atTheEnds() } });
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
      data: panel.values.map((value) => value ?? "-"),
      markLine: targetLine(panel.target, colours, "yAxis"),
    });
  });
  return { option, height: down * tall };
}

function pairs(data, colours, size) {
  const looks = [
    { color: colours.action, decal: { symbol: "none" } },
    { color: colours.ground, borderColor: colours.ink, borderWidth: 2, decal: { ...HATCH, color: colours.ink } },
  ];
  const names = categoryAxis(data.labels, colours, size);
  return {
    ...frame(colours, size),
    legend: { top: 0, left: isRtl ? "right" : "left", textStyle: { color: colours.ink, fontSize: size.text },
      selectedMode: false, itemWidth: 24 },
    grid: { left: 4, right: 4, top: size.text * 3.5, bottom: 8, containLabel: true },
    xAxis: { ...names, axisLabel: { ...names.axisLabel, ...atTheEnds() } },
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

/** On paper plots are lower, so that more of them share a page. */
function tightness() {
  return matchMedia("print").matches ? 0.85 : 1;
}

/** Names of rows are bold and take two fifths of a plot at most. */
function nameWidth({ labels }, size, width) {
  return Math.min(widest(labels, size) * 1.05, 16 * size.text, width * 0.4);
}

/** High enough for the longest name, which is broken into lines. */
function rankHeight(data, size, width) {
  const lines = Math.ceil(widest(data.labels, size) / nameWidth(data, size, width));
  return Math.max(ROW_REM.ranks * size.rem * tightness(), lines * lineOf(size) + 0.7 * size.text);
}

function heightOf(data, size, width) {
  if (data.kind === "ranks") {
    return data.labels.length * rankHeight(data, size, width) + (data.target ? 1.8 : 0.5) * size.rem;
  }
  if (data.kind === "heat") return (turned(data, size, width).rows.length * ROW_REM.heat + 2) * size.rem;
  return 15 * size.rem * tightness();
}

/** Draws one plot; drawn anew when its place changes its width or the colours change. */
function draw(echarts, place, data) {
  const colours = palette();
  const size = sizes();
  place.hidden = false;
  const width = place.clientWidth;
  let option;
  let height = heightOf(data, size, width);
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
    const table = section.querySelector(".as-table");
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

/** The title above each printed page but the first; a text in a stylesheet's quotes. */
const running = document.querySelector("[data-running-title]")?.dataset.runningTitle;
if (running) document.documentElement.style.setProperty("--running-title", JSON.stringify(running));

start();
