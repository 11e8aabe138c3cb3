import { pulumiOutput, type Stack } from "../tools/stack/stack";
import { type Figure, median } from "./figures";

const ROUNDS = 5;

/**
 * Time of a preview that finds nothing to change, over that of the same preview with ts-node checking types. They take
 * turns, so that a machine that gets slower slows both.
 */
export async function measurePreview(stack: Stack): Promise<Figure> {
    const typeChecked: Stack = {
        ...stack,
        env: { ...stack.env, PULUMI_NODEJS_TSCONFIG_PATH: "bench/tsconfig.typecheck.json" },
    };
    await timePreview(stack);
    await timePreview(typeChecked);
    const plain: number[] = [];
    const checked: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
        plain.push(await timePreview(stack));
        checked.push(await timePreview(typeChecked));
    }
    const ratio = median(plain.map((seconds, round) => seconds / (checked[round] ?? seconds)));
    return {
        what: `preview without changes, over the same with type-checking (median of ${ROUNDS} pairs)`,
        value: `${ratio.toFixed(2)} (${median(plain).toFixed(1)} s over ${median(checked).toFixed(1)} s)`,
        aim: "at most 0.40",
    };
}

async function timePreview(stack: Stack): Promise<number> {
    const started = process.hrtime.bigint();
    await pulumiOutput(stack, ["preview", "--expect-no-changes", "--non-interactive"]);
    return Number(process.hrtime.bigint() - started) / 1e9;
}
