import { type Fence, type Section, parseSections } from "../../tools/docs/markdown";

/**
 * The blocks of docs/tutorials/exercises.md, by what follows their opening backticks:
 *
 * - `sh`: commands that a reader runs, with what the text says of them: `repeat` until they show what they should,
 *   `fails` where they are to fail;
 * - `text`: what the commands before it show;
 * - `sh elsewhere`: commands for another cluster, which are not run here.
 */
const COMMANDS_INFO = /^sh( repeat)?( fails)?$/;
const OUTPUT_INFO = "text";
const EXTERNAL_INFO = "sh elsewhere";

/** Commands to run together, and what they should show. */
export interface Step {
    readonly commands: string;
    /** What they print, as `mismatch` reads it; undefined where the document does not say. */
    readonly output?: string;
    /** Whether what they show may take some seconds to come. */
    readonly repeat: boolean;
    /** Whether they end with a failure. */
    readonly fails: boolean;
    /** Line of the document. */
    readonly line: number;
}

/** A section of the document, with what is to be done in it. */
export interface Exercise {
    readonly title: string;
    readonly text: string;
    readonly steps: readonly Step[];
}

/**
 * The sections of the document that have commands to run, in their order.
 *
 * @throws where a block is none of the known ones, or is where it means nothing.
 */
export function parseExercises(markdown: string): Exercise[] {
    return parseSections(markdown)
        .map((section) => ({ title: section.title, text: section.text, steps: parseSteps(section) }))
        .filter(({ steps }) => steps.length > 0);
}

function parseSteps({ fences }: Section): Step[] {
    return fences.flatMap((fence, index) => {
        const [before, after] = [fences[index - 1], fences[index + 1]];
        const isRun = COMMANDS_INFO.exec(fence.info);
        if (isRun !== null) {
            const [, repeat, fails] = isRun;
            return [parseStep(fence, after, { repeat: repeat !== undefined, fails: fails !== undefined })];
        }
        if (fence.info === OUTPUT_INFO && !COMMANDS_INFO.test(before?.info ?? "")) {
            throw new Error(`line ${fence.line}: an output that follows no commands`);
        }
        if (fence.info !== OUTPUT_INFO && fence.info !== EXTERNAL_INFO) {
            throw new Error(`line ${fence.line}: a block '${fence.info}', which nothing runs or compares`);
        }
        return [];
    });
}

function parseStep(
    { info, code, line }: Fence,
    after: Fence | undefined,
    marks: { readonly repeat: boolean; readonly fails: boolean },
): Step {
    const output = after?.info === OUTPUT_INFO ? after.code : undefined;
    if ((marks.repeat || marks.fails) && output === undefined) {
        throw new Error(`line ${line}: '${info}' needs an output to compare`);
    }
    return { commands: code, ...(output === undefined ? {} : { output }), ...marks, line };
}
