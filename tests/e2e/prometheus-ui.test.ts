import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";
import { METRIC_NAME } from "../../tools/verify/types";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { BrowserPage } from "../../tools/browser/browser-page";
import { countCurvePixels, renderGraphPath, waitForCurve } from "../../tools/browser/prometheus-graph";
import { PortForwards } from "./support/port-forwards";
import { configureStack, assertVerified } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it sees the web UI that the sandbox builds, in the Chromium that is installed for its tests");

const sandbox = configureStack("sandbox");
/** For the documentation: small, but with all series names. */
const SIZE = { width: 960, height: 920 };
const SCREENSHOT_FILE = path.join(ROOT, "docs/images/prometheus-query.png");
const MAX_BYTES = 100_000;
/** One series: of many with one value, only the last is visible, and the page draws the sixth one in grey. */
const QUERY = `max by (__name__, job) (${METRIC_NAME}{job="${VERIFY_SERVICE}"})`;

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
        page = await BrowserPage.open(`${url}${renderGraphPath(QUERY, "2m")}`, SIZE);
        await waitForCurve(page);
        assert.match(await page.text(), new RegExp(`${METRIC_NAME}\\{.*job="${VERIFY_SERVICE}".*\\}`));
        assert.deepEqual(page.listErrors(), []);
        await writeScreenshot(await page.screenshot());
    });

    it("draws no graph of a missing series", async () => {
        const url = (await forwards?.backends.prometheus.url()) ?? assert.fail();
        const empty = await BrowserPage.open(`${url}${renderGraphPath("no_such_series", "2m")}`, SIZE);
        try {
            await empty.waitFor(`document.body.innerText.includes("Empty query result")`);
            assert.equal(await countCurvePixels(empty), 0);
        } finally {
            await empty.close();
        }
    });
});

/** Writes the picture for the documentation if a path is given. Asserts in any case that it is small. */
async function writeScreenshot(png: Buffer): Promise<void> {
    assert.ok(png.length < MAX_BYTES, `the picture has ${png.length} bytes`);
    if (process.env.UPDATE_PICTURES) {
        await fs.promises.mkdir(path.dirname(SCREENSHOT_FILE), { recursive: true });
        await fs.promises.writeFile(SCREENSHOT_FILE, png);
    }
}
