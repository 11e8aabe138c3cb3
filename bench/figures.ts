/** One result of a benchmark. */
export interface Figure {
    readonly what: string;
    readonly value: string;
    /** Target value. Undefined when none is defined. */
    readonly aim?: string;
}

/** Renders the results as a Markdown table. */
export function renderTable(figures: readonly Figure[]): string {
    const rows = figures.map(({ what, value, aim = "" }) => `| ${what} | ${value} | ${aim} |`);
    return ["| measurement | value | target |", "| --- | --- | --- |", ...rows].join("\n");
}

export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)];
    if (middle === undefined) {
        throw new Error("no value was measured");
    }
    return middle;
}
