import { type Row, type Span, type Trace, treeOf } from "./trace";

/** Below it there is no room for names, durations and bars. */
const LEAST_WIDTH = 60;
/** Of the line, for the tree with its names; the rest is for the bars. */
const LABEL_SHARE = 0.55;
const DURATION_WIDTH = 8;
const LEAST_BAR_WIDTH = 10;
/** Of a level in the tree. */
const INDENT = 2;
/** What is left of a label for names, however deep the span. */
const LEAST_NAME_WIDTH = 20;

/** In microseconds. */
const MILLISECOND = 1_000;
const SECOND = 1_000_000;

const BAR = "█";
/** Of a span that is too short for a bar. */
const MOMENT = "▏";
const FAILED = "✗ ";
const ORPHANED = "? ";

/**
 * A trace as a tree for a terminal, a line a span: service and name, duration, and a bar that says when it was within
 * the time of the trace.
 *
 * @param width Columns of the terminal; 60 at least.
 */
export function renderTrace({ traceId, spans }: Trace, width: number): string {
    const rows = treeOf(spans);
    // Not by Math.min(...): a trace may have more spans than a call takes arguments.
    const start = spans.reduce((least, span) => Math.min(least, span.start), Infinity);
    const end = spans.reduce((most, span) => Math.max(most, span.start + span.duration), -Infinity);

    const columns = Math.max(width, LEAST_WIDTH);
    const labels = rows.map((row) => labelOf(row, Math.floor(columns * LABEL_SHARE)));
    const labelWidth = labels.reduce((most, label) => Math.max(most, label.length), 0);
    const barWidth = Math.max(columns - labelWidth - DURATION_WIDTH - 4, LEAST_BAR_WIDTH);

    const lines = rows.map(({ span }, i) => {
        const label = (labels[i] ?? "").padEnd(labelWidth);
        const duration = formatDuration(span.duration).padStart(DURATION_WIDTH);
        return `${label}  ${duration}  ${barOf(span, start, end - start, barWidth)}`.trimEnd();
    });
    return [`trace ${traceId}`, summaryOf(spans, start, end), "", ...lines, ...notesOn(rows), ""].join("\n");
}

function summaryOf(spans: readonly Span[], start: number, end: number): string {
    const services = new Set(spans.map(({ service }) => service)).size;
    const failed = spans.filter((span) => span.failed).length;
    return [
        count(spans.length, "span"),
        count(services, "service"),
        `${count(failed, "error")}${failed > 0 ? ` (${FAILED.trim()})` : ""}`,
        formatDuration(end - start),
        `from ${new Date(start / 1000).toISOString()}`,
    ].join(", ");
}

function notesOn(rows: readonly Row[]): readonly string[] {
    const orphaned = rows.filter((row) => row.orphaned).length;
    return orphaned === 0
        ? []
        : [
              "",
              `${ORPHANED}${count(orphaned, "span")} without the parent that it names: not there yet, or never sent here`,
          ];
}

function labelOf(row: Row, width: number): string {
    const { failed, name, service } = row.span;
    const marks = `${row.orphaned ? ORPHANED : ""}${failed ? FAILED : ""}`;
    const text = `${branchOf(row, width - LEAST_NAME_WIDTH)}${marks}${printable(service)}: ${printable(name)}`;
    return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** The lines that lead to a span. Where they would leave no room for its name, a number says how deep it is. */
function branchOf({ depth, followed, parent }: Row, width: number): string {
    if (depth === 0) {
        return "";
    }
    if (depth * INDENT > width) {
        return `${`[${depth}]`.padStart(width - 1)} `;
    }
    let branch = followed ? "├ " : "└ ";
    for (let above = parent; above !== undefined && above.depth > 0; above = above.parent) {
        branch = `${above.followed ? "│ " : "  "}${branch}`;
    }
    return branch;
}

function barOf(span: Span, start: number, total: number, width: number): string {
    const cells = (time: number): number => (total === 0 ? 0 : Math.round((time / total) * width));
    const from = Math.min(cells(span.start - start), width - 1);
    const length = Math.min(cells(span.duration), width - from);
    return `${" ".repeat(from)}${length === 0 ? MOMENT : BAR.repeat(length)}`;
}

/** Microseconds in the unit that people would choose, with three digits. */
export function formatDuration(microseconds: number): string {
    if (microseconds >= 60 * SECOND) {
        const seconds = Math.round(microseconds / SECOND);
        return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
    }
    const rounded = Number(microseconds.toPrecision(3));
    if (rounded >= SECOND) {
        return `${rounded / SECOND} s`;
    }
    return rounded >= MILLISECOND ? `${rounded / MILLISECOND} ms` : `${microseconds} µs`;
}

function count(number: number, noun: string): string {
    return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Names come from whoever sends: what a terminal would obey is shown as a dot. */
function printable(text: string): string {
    return text.replace(/\p{C}/gu, "·");
}
