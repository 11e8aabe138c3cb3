import { pulumiOutput, type Stack } from "../tools/stack/stack";
import { type Figure, median } from "./figures";

const ROUNDS = 5;

/**
 * Measures the time of a preview without changes, relative to the same preview with type checking in ts-node. The two
 * alternate, so that changes in machine speed affect both.
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
        what: `preview without changes, relative to the same with type checking (median of ${ROUNDS} pairs)`,
        value: `${ratio.toFixed(2)} (${median(plain).toFixed(1)} s / ${median(checked).toFixed(1)} s)`,
        aim: "at most 0.40",
    };
}

async function timePreview(stack: Stack): Promise<number> {
    const started = process.hrtime.bigint();
    await pulumiOutput(stack, ["preview", "--expect-no-changes", "--non-interactive"]);
    return Number(process.hrtime.bigint() - started) / 1e9;
}
