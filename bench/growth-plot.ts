/** The growth of time and memory with what is sent, as a drawing: SVG, from the numbers of the table. */

export interface GrowthPoint {
  readonly by: 'entries' | 'MiB';
  /** So many of them were sent. */
  readonly size: number;
  readonly operation: string;
  readonly seconds: number;
  /** Above idle, at the most. */
  readonly mib: number;
}

interface Axis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly log: boolean;
}

const WIDTH = 340;
const HEIGHT = 210;
const MARGIN = { left: 46, top: 26, right: 14, bottom: 40 };
const COLOURS = ['#1f6feb', '#bf5700'];
const BOUND_MIB = 256;

const share = ({ from, to, log }: Axis, value: number): number =>
  log ? (Math.log(value) - Math.log(from)) / (Math.log(to) - Math.log(from)) : (value - from) / (to - from);

const xOf = (axis: Axis, value: number): number =>
  MARGIN.left + share(axis, value) * (WIDTH - MARGIN.left - MARGIN.right);
const yOf = (axis: Axis, value: number): number =>
  HEIGHT - MARGIN.bottom - share(axis, value) * (HEIGHT - MARGIN.top - MARGIN.bottom);

const text = (x: number, y: number, content: string, anchor = 'middle'): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${content}</text>`;

const line = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  `<line class="${kind}" x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}"/>`;

function grid(x: Axis, y: Axis): string[] {
  const [left, right] = [MARGIN.left, WIDTH - MARGIN.right];
  const [top, bottom] = [MARGIN.top, HEIGHT - MARGIN.bottom];
  return [
    ...x.ticks.flatMap((tick) => [
      line(xOf(x, tick), top, xOf(x, tick), bottom, 'grid'),
      text(xOf(x, tick), bottom + 15, tick.toLocaleString('en')),
    ]),
    ...y.ticks.flatMap((tick) => [
      line(left, yOf(y, tick), right, yOf(y, tick), 'grid'),
      text(left - 6, yOf(y, tick) + 4, String(tick), 'end'),
    ]),
    text((left + right) / 2, HEIGHT - 6, x.title),
    text(left, 16, y.title, 'start'),
  ];
}

function series(points: readonly GrowthPoint[], x: Axis, y: Axis, value: 'seconds' | 'mib', colour: string): string {
  const places = points.map((point) => [xOf(x, point.size), yOf(y, point[value])] as const);
  const path = places.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' ');
  const dots = places.map(([px, py]) => `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="3" fill="${colour}"/>`);
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}`;
}

const axes: Readonly<Record<GrowthPoint['by'], Axis>> = {
  entries: { title: 'entries of the tar', from: 800, to: 250_000, ticks: [1000, 10_000, 100_000], log: true },
  MiB: { title: 'MiB of the tar', from: 8, to: 5200, ticks: [10, 100, 1000, 4096], log: true },
};
const seconds: Axis = { title: 'seconds', from: 0.3, to: 60, ticks: [1, 10], log: true };
const mib: Axis = { title: 'MiB above idle', from: 0, to: 280, ticks: [0, 64, 128, 192, BOUND_MIB], log: false };

/** Time above memory, by entries beside by bytes. */
export function growthPlot(points: readonly GrowthPoint[]): string {
  const operations = [...new Set(points.map((p) => p.operation))];
  const panels = (['seconds', 'mib'] as const).flatMap((value, row) =>
    (['entries', 'MiB'] as const).map((by, column) => {
      const [x, y] = [axes[by], value === 'seconds' ? seconds : mib];
      const bound =
        value === 'mib' ? [line(MARGIN.left, yOf(y, BOUND_MIB), WIDTH - MARGIN.right, yOf(y, BOUND_MIB), 'bound')] : [];
      const drawn = operations.map((operation, i) =>
        series(
          points.filter((p) => p.by === by && p.operation === operation),
          x,
          y,
          value,
          COLOURS[i % COLOURS.length] ?? '#000',
        ),
      );
      return `<g transform="translate(${column * WIDTH} ${row * HEIGHT + 24})">${[...grid(x, y), ...bound, ...drawn].join('')}</g>`;
    }),
  );
  const legend = operations.map(
    (operation, i) =>
      `<g transform="translate(${MARGIN.left + i * 150} 12)"><rect width="12" height="4" y="-2" fill="${COLOURS[i % COLOURS.length]}"/>${text(18, 4, operation, 'start')}</g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${2 * HEIGHT + 24}" role="img" aria-label="Time and memory over entries and over bytes">
<style>text{font:11px sans-serif;fill:#333}.grid{stroke:#ddd}.bound{stroke:#c00;stroke-dasharray:4 3}svg{background:#fff}</style>
${[...legend, ...panels].join('\n')}
</svg>
`;
}
