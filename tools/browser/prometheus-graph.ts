import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserPage } from "./browser-page";

/** Minimum for a curve. The line that the page shows without data has fewer coloured pixels. */
const MIN_CURVE_PIXELS = 100;

/** Number of graph pixels that are neither white nor grey. Axes, grid and text have no colour. */
const COUNT_COLOURED_PIXELS = `(() => {
    const canvas = document.querySelector("canvas");
    if (canvas === null) return 0;
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let coloured = 0;
    for (let i = 0; i < data.length; i += 4) {
        const [red, green, blue, alpha] = data.slice(i, i + 4);
        if (alpha > 128 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) coloured++;
    }
    return coloured;
})()`;

const CLICK_EXECUTE = `[...document.querySelectorAll("button")].find(({ innerText }) => innerText === "Execute").click()`;
const MAX_EXECUTIONS = 20;
const EXECUTION_INTERVAL_MS = 3_000;

/** The path of Prometheus' page Query with the graph of a query. */
export function renderGraphPath(query: string, range: string): string {
    return `/query?${new URLSearchParams({ "g0.expr": query, "g0.tab": "graph", "g0.range_input": range }).toString()}`;
}

/** Counts the pixels of the curves on Prometheus' page Query. */
export async function countCurvePixels(page: BrowserPage): Promise<number> {
    return Number(await page.evaluate(COUNT_COLOURED_PIXELS));
}

/**
 * Executes the query again until the page draws a curve. The curve of a new series is a point that grows with time.
 *
 * @throws if there is none after a minute, with the text of the page.
 */
export async function waitForCurve(page: BrowserPage): Promise<void> {
    await page.waitFor(`document.querySelector("canvas") !== null`);
    for (let execution = 0; execution < MAX_EXECUTIONS; execution++) {
        await sleep(EXECUTION_INTERVAL_MS);
        if ((await countCurvePixels(page)) > MIN_CURVE_PIXELS) {
            return;
        }
        await page.evaluate(CLICK_EXECUTE);
    }
    throw new Error(`no curve after ${MAX_EXECUTIONS} executions of the query; the page:\n${await page.text()}`);
}
