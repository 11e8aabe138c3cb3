import type { HopResult } from "./types";
import type { Report } from "./verify";

const HEADER = ["SIGNAL", "PROTOCOL", "HOP", "SECONDS", "RESULT"];
const RESULT = { ok: "ok", failed: "FAILED", unproven: "not provable", skipped: "-" } as const;

/** Formats the report as text: a table of all hops, notes on unproven hops, and diagnoses with commands. */
export function formatReport(report: Report): string {
    const { rows, diagnoses, ok, seconds, run } = report;
    const parts = [
        renderTable([HEADER, ...rows.map(renderCells)]),
        ...renderNotes(rows),
        ...diagnoses.map(({ signal, hop, message, look }) => `${signal} -> ${hop}: ${message}\n    look: ${look}`),
        `${renderSummary(ok, rows)} in ${seconds.toFixed(1)} s (run ${run})`,
    ];
    return parts.join("\n\n");
}

function renderCells({ signal, protocol, hop, seconds, status }: HopResult): string[] {
    return [signal, protocol, hop, status === "skipped" ? "-" : seconds.toFixed(2), RESULT[status]];
}

function renderTable(lines: readonly (readonly string[])[]): string {
    const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
    return lines
        .map((line) =>
            line
                .map((cell, column) => alignCell(cell, column, widths))
                .join("  ")
                .trimEnd(),
        )
        .join("\n");
}

function alignCell(cell: string, column: number, widths: readonly number[]): string {
    const width = widths[column] ?? 0;
    return HEADER[column] === "SECONDS" ? cell.padStart(width) : cell.padEnd(width);
}

function renderNotes(rows: readonly HopResult[]): string[] {
    const unproven = rows.filter(({ status }) => status === "unproven");
    return [...new Set(unproven.map(({ signal, hop, detail }) => `${signal} -> ${hop}: ${detail}`))];
}

function renderSummary(ok: boolean, rows: readonly HopResult[]): string {
    const proven = rows.filter(({ status }) => status === "ok").length;
    const failed = rows.filter(({ status }) => status === "failed").length;
    return ok ? `Verified ${proven} hops` : `Not verified: ${failed} of ${rows.length} hops failed`;
}
