/**
 * What runs in the browser: draws a chart above each table of a series, from the numbers of that table. Without it, and for
 * who does not see the chart, the table is all there is to know.
 */
export const CLIENT = `
'use strict';
(function () {
  function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }
  function read(table) {
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells, 1);
    var data = [[]].concat(heads.map(function () { return []; }));
    Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
      Array.prototype.forEach.call(row.cells, function (cell, i) {
        var value = cell.getAttribute('data-value');
        data[i].push(value === null || value === '' ? null : Number(value));
      });
    });
    return { names: heads.map(function (cell) { return cell.textContent; }), data: data };
  }
  function draw(holder) {
    var table = document.getElementById(holder.getAttribute('data-table'));
    var found = read(table);
    holder.textContent = '';
    if (found.data[0].length < 2) return;
    var soft = color('--soft'), line = color('--line');
    var axis = { stroke: soft, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    var time = Object.assign({ space: 70, values: function (u, splits) {
      return splits.map(function (at) {
        var text = new Date(at * 1e3).toISOString();
        return text.slice(11, 16) === '00:00' ? text.slice(5, 10) : text.slice(11, 16);
      });
    } }, axis);
    var series = found.names.map(function (name, i) {
      return { label: name, stroke: color('--series-' + (i % 3 + 1)), width: 2, spanGaps: false, points: { size: 5 },
        dash: i === 1 ? [6, 4] : undefined };
    });
    new uPlot({
      width: Math.max(280, holder.clientWidth), height: 220, tzDate: function (at) { return uPlot.tzDate(new Date(at * 1e3), 'UTC'); },
      series: [{ label: 'UTC', value: '{YYYY}-{MM}-{DD} {HH}:{mm}' }].concat(series), cursor: { drag: { x: false, y: false } },
      axes: [time, Object.assign({ size: 60 }, axis)], scales: { y: { range: function (u, low, high) { return [0, high > 0 ? high * 1.1 : 1]; } } }
    }, found.data, holder);
  }
  function all() {
    Array.prototype.forEach.call(document.querySelectorAll('.chart[data-table]'), draw);
  }
  all();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', all);
  var later;
  addEventListener('resize', function () { clearTimeout(later); later = setTimeout(all, 150); });
})();
`;
