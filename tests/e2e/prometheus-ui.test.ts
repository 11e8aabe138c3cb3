import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../../sandbox/directories";
import { METRIC_NAME } from "../../tools/verify/types";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { BrowserPage } from "./support/browser-page";
import { PortForwards } from "./support/port-forwards";
import { configureStack, assertVerified } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it sees the web UI that the sandbox builds, in the Chromium that is installed for its tests");

const sandbox = configureStack("sandbox");
/** For the documentation: small, but with all series names. */
const SIZE = { width: 960, height: 920 };
const SCREENSHOT_FILE = path.join(ROOT, "docs/images/prometheus-query.png");
const MAX_BYTES = 100_000;
/** Minimum for a curve. The line that the page shows without data has fewer coloured pixels. */
const MIN_CURVE_PIXELS = 100;

const QUERY = `${METRIC_NAME}{job="${VERIFY_SERVICE}"}`;

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

describe("Prometheus web UI", () => {
    let forwards: PortForwards | undefined;
    let page: BrowserPage | undefined;

    before(async () => {
        forwards = await PortForwards.open(sandbox);
        await assertVerified(sandbox);
    });

    after(async () => {
        await page?.close();
        await forwards?.close();
    });

    it("draws a graph of a series that verify has sent", async () => {
        const url = (await forwards?.backends.prometheus.url()) ?? assert.fail();
        const query = { "g0.expr": QUERY, "g0.tab": "graph", "g0.range_input": "2m" };
        page = await BrowserPage.open(`${url}/query?${new URLSearchParams(query).toString()}`, SIZE);
        await waitForCurve(page);
        assert.match(await page.text(), new RegExp(`${METRIC_NAME}\\{.*job="${VERIFY_SERVICE}".*\\}`));
        assert.deepEqual(page.listErrors(), []);
        await writeScreenshot(await page.screenshot());
    });

    it("draws no graph of a missing series", async () => {
        const url = (await forwards?.backends.prometheus.url()) ?? assert.fail();
        const query = { "g0.expr": "no_such_series", "g0.tab": "graph" };
        const empty = await BrowserPage.open(`${url}/query?${new URLSearchParams(query).toString()}`, SIZE);
        try {
            await empty.waitFor(`document.body.innerText.includes("Empty query result")`);
            assert.equal(await empty.evaluate(COUNT_COLOURED_PIXELS), 0);
        } finally {
            await empty.close();
        }
    });
});

/** Executes the query again until the page draws a curve. The curve of a new series is a point that grows with time. */
async function waitForCurve(page: BrowserPage): Promise<void> {
    await page.waitFor(`document.querySelector("canvas") !== null`);
    for (let execution = 0; execution < MAX_EXECUTIONS; execution++) {
        await sleep(EXECUTION_INTERVAL_MS);
        if (Number(await page.evaluate(COUNT_COLOURED_PIXELS)) > MIN_CURVE_PIXELS) {
            return;
        }
        await page.evaluate(CLICK_EXECUTE);
    }
    assert.fail(`no curve after ${MAX_EXECUTIONS} executions of the query; the page:\n${await page.text()}`);
}

/** Writes the picture for the documentation if a path is given. Asserts in any case that it is small. */
async function writeScreenshot(png: Buffer): Promise<void> {
    assert.ok(png.length < MAX_BYTES, `the picture has ${png.length} bytes`);
    if (process.env.UPDATE_PICTURES) {
        await fs.promises.mkdir(path.dirname(SCREENSHOT_FILE), { recursive: true });
        await fs.promises.writeFile(SCREENSHOT_FILE, png);
    }
}
