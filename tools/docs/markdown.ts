/** A fenced block of a Markdown document. */
export interface Fence {
    /** What stands behind the opening backticks, such as `sh` or `sh repeat`. */
    readonly info: string;
    readonly code: string;
    /** Line of the document on which it opens, counted from 1. */
    readonly line: number;
}

/** What stands below a heading of the second level; the first one of a document is what stands above them all. */
export interface Section {
    /** The heading; empty for the first one. */
    readonly title: string;
    /** All of it, the heading included. */
    readonly text: string;
    readonly fences: readonly Fence[];
}

const FENCE = /^```(.*)$/;
const HEADING = /^## (.+)$/;

interface Line {
    readonly text: string;
    readonly number: number;
    /** Whether it belongs to a fenced block, its backticks included. */
    readonly fenced: boolean;
}

/** Cuts a document at its headings of the second level; a `##` within a block is none. */
export function parseSections(markdown: string): Section[] {
    const sections: Line[][] = [[]];
    for (const line of parseLines(markdown)) {
        if (!line.fenced && HEADING.test(line.text)) {
            sections.push([]);
        }
        sections.at(-1)?.push(line);
    }
    return sections.map((lines) => ({
        title: HEADING.exec(lines[0]?.text ?? "")?.[1] ?? "",
        text: lines.map(({ text }) => text).join("\n"),
        fences: parseFences(lines),
    }));
}

/** Only blocks at the beginning of a line count; one within a list is text. */
function parseLines(markdown: string): Line[] {
    let open = false;
    return markdown.split("\n").map((text, index) => {
        const border = FENCE.test(text);
        const fenced = open || border;
        open = border ? !open : open;
        return { text, number: index + 1, fenced };
    });
}

function parseFences(lines: readonly Line[]): Fence[] {
    const fences: { info: string; code: string[]; line: number }[] = [];
    let open: { info: string; code: string[]; line: number } | undefined;
    for (const { text, number } of lines) {
        const border = FENCE.exec(text);
        if (border === null) {
            open?.code.push(text);
        } else if (open === undefined) {
            open = { info: (border[1] ?? "").trim(), code: [], line: number };
            fences.push(open);
        } else {
            open = undefined;
        }
    }
    return fences.map(({ code, ...fence }) => ({ ...fence, code: code.join("\n") }));
}
