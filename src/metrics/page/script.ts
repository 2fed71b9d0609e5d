/** Of the page: a point in time is chosen by keyboard in the slider, or by the pointer over the chart, and read out. */
export const SCRIPT = `
for (const figure of document.querySelectorAll('figure')) {
  const chart = figure.querySelector('svg');
  const slider = figure.querySelector('input');
  const reading = figure.querySelector('output');
  const pointer = chart.querySelector('.pointer');
  const readings = JSON.parse(chart.dataset.readings);
  const left = Number(chart.dataset.left);
  const right = Number(chart.dataset.right);
  const last = Math.max(1, readings.length - 1);
  const show = () => {
    const at = left + ((right - left) * slider.value) / last;
    pointer.setAttribute('x1', at);
    pointer.setAttribute('x2', at);
    pointer.setAttribute('visibility', 'visible');
    reading.textContent = readings[slider.value];
    slider.setAttribute('aria-valuetext', readings[slider.value]);
  };
  slider.addEventListener('input', show);
  chart.addEventListener('pointermove', (event) => {
    const box = chart.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * chart.viewBox.baseVal.width;
    slider.value = Math.round(((at - left) / (right - left)) * last);
    show();
  });
  figure.querySelector('.cursor').hidden = false;
  show();
}
`;
