/** One line of the result. */
export interface Figure {
    readonly what: string;
    readonly value: string;
    /** What it should be, where somebody decided that. */
    readonly aim?: string;
}

/** The figures as a table in Markdown. */
export function renderTable(figures: readonly Figure[]): string {
    const rows = figures.map(({ what, value, aim = "" }) => `| ${what} | ${value} | ${aim} |`);
    return ["| what | measured | aim |", "| --- | --- | --- |", ...rows].join("\n");
}

export function median(values: readonly number[]): number {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)];
    if (middle === undefined) {
        throw new Error("no value was measured");
    }
    return middle;
}
