import { type Row, type Span, type Trace, buildTree } from "./trace";

/** Minimum columns for names, durations and bars. */
const MIN_WIDTH = 60;
/** Maximum share of a line for the tree and its names. Durations and bars use the rest. */
const LABEL_SHARE = 0.55;
const DURATION_WIDTH = 8;
const MIN_BAR_WIDTH = 10;
/** Columns of a tree level. */
const INDENT = 2;
/** Columns of a label that are reserved for names at any depth. */
const MIN_NAME_WIDTH = 20;

/** Microseconds. */
const MILLISECOND = 1_000;
const SECOND = 1_000_000;

const BAR = "█";
/** Bar of a span that is shorter than one column. */
const SHORT_BAR = "▏";
const ERROR_MARK = "✗ ";
const ORPHAN_MARK = "? ";

/**
 * Renders a trace as a tree with one line for each span: service, name, duration, and a bar for its time in the trace.
 *
 * @param width Columns of the terminal. At least 60 are used.
 */
export function renderTrace({ traceId, spans }: Trace, width: number): string {
    const rows = buildTree(spans);
    // Not Math.min(...spans): a trace may have more spans than a call accepts arguments.
    const start = spans.reduce((least, span) => Math.min(least, span.start), Infinity);
    const end = spans.reduce((most, span) => Math.max(most, span.start + span.duration), -Infinity);

    const columns = Math.max(width, MIN_WIDTH);
    const labels = rows.map((row) => renderLabel(row, Math.floor(columns * LABEL_SHARE)));
    const labelWidth = labels.reduce((most, label) => Math.max(most, label.length), 0);
    const barWidth = Math.max(columns - labelWidth - DURATION_WIDTH - 4, MIN_BAR_WIDTH);

    const lines = rows.map(({ span }, i) => {
        const label = (labels[i] ?? "").padEnd(labelWidth);
        const duration = formatDuration(span.duration).padStart(DURATION_WIDTH);
        return `${label}  ${duration}  ${renderBar(span, start, end - start, barWidth)}`.trimEnd();
    });
    return [`trace ${traceId}`, renderSummary(spans, start, end), "", ...lines, ...renderNotes(rows), ""].join("\n");
}

function renderSummary(spans: readonly Span[], start: number, end: number): string {
    const services = new Set(spans.map(({ service }) => service)).size;
    const failed = spans.filter((span) => span.hasError).length;
    return [
        formatCount(spans.length, "span"),
        formatCount(services, "service"),
        `${formatCount(failed, "error")}${failed > 0 ? ` (${ERROR_MARK.trim()})` : ""}`,
        formatDuration(end - start),
        `from ${new Date(start / 1000).toISOString()}`,
    ].join(", ");
}

function renderNotes(rows: readonly Row[]): readonly string[] {
    const orphaned = rows.filter((row) => row.isOrphan).length;
    return orphaned === 0
        ? []
        : [
              "",
              `${ORPHAN_MARK}${formatCount(orphaned, "span")} with a missing parent: not yet received, or sent to another backend`,
          ];
}

function renderLabel(row: Row, width: number): string {
    const { hasError: failed, name, service } = row.span;
    const marks = `${row.isOrphan ? ORPHAN_MARK : ""}${failed ? ERROR_MARK : ""}`;
    const text = `${renderBranch(row, width - MIN_NAME_WIDTH)}${marks}${replaceControlCharacters(service)}: ${replaceControlCharacters(name)}`;
    return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** Renders the tree lines before a span. When they leave too few columns for names, renders the depth as a number. */
function renderBranch({ depth, hasNextSibling: followed, parent }: Row, width: number): string {
    if (depth === 0) {
        return "";
    }
    if (depth * INDENT > width) {
        return `${`[${depth}]`.padStart(width - 1)} `;
    }
    let branch = followed ? "├ " : "└ ";
    for (let above = parent; above !== undefined && above.depth > 0; above = above.parent) {
        branch = `${above.hasNextSibling ? "│ " : "  "}${branch}`;
    }
    return branch;
}

function renderBar(span: Span, start: number, total: number, width: number): string {
    const cells = (time: number): number => (total === 0 ? 0 : Math.round((time / total) * width));
    const from = Math.min(cells(span.start - start), width - 1);
    const length = Math.min(cells(span.duration), width - from);
    return `${" ".repeat(from)}${length === 0 ? SHORT_BAR : BAR.repeat(length)}`;
}

/** Formats microseconds with three significant digits in µs, ms, s, or min and s. */
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

function formatCount(number: number, noun: string): string {
    return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Names are untrusted input: replaces control characters, which a terminal would interpret, by dots. */
function replaceControlCharacters(text: string): string {
    return text.replace(/\p{C}/gu, "·");
}
