/** A fenced block of a Markdown document. */
export interface Fence {
    /** The info string after the opening backticks, for example `sh` or `sh repeat`. */
    readonly info: string;
    readonly code: string;
    /** Line number of the opening backticks, starting at 1. */
    readonly line: number;
}

/** The text under a second-level heading. The first section of a document is the text before the first such heading. */
export interface Section {
    /** The heading. Empty for the first section. */
    readonly title: string;
    /** Text of the section, including the heading. */
    readonly text: string;
    readonly fences: readonly Fence[];
}

const FENCE = /^```(.*)$/;
const HEADING = /^## (.+)$/;

interface Line {
    readonly text: string;
    readonly number: number;
    /** Whether the line is part of a fenced block, including its backticks. */
    readonly fenced: boolean;
}

/** Splits a document at its second-level headings. Ignores `##` in fenced blocks. */
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

/** Detects only fences at the beginning of a line. Fences in a list are text. */
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

/** Width at which text is wrapped. */
const WIDTH = 120;

/** Breaks text between words; the lines after the first one are indented if it is a list item. */
export function formatParagraph(text: string): string {
    const indent = text.startsWith("- ") ? "  " : "";
    return text
        .split(" ")
        .reduce<string[]>((lines, word) => {
            const line = lines.at(-1);
            const longer = `${line ?? ""} ${word}`;
            return line === undefined
                ? [word]
                : longer.length > WIDTH
                  ? [...lines, indent + word]
                  : [...lines.slice(0, -1), longer];
        }, [])
        .join("\n");
}
