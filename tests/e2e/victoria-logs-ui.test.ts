import assert from "node:assert/strict";
import { SERVICE_ATTRIBUTE } from "../../components/telemetry/names";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { BrowserPage } from "../../tools/browser/browser-page";
import { PortForwards } from "./support/port-forwards";
import { configureStack, assertVerified } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it sees the web UI of the log store in the Chromium that is installed for its tests");

/** Matches each record that verify sends. */
const VERIFY_RECORD = /verify [0-9a-f]+-logs-(?:grpc|http)/;

const sandbox = configureStack("sandbox");

describe("VictoriaLogs web UI", () => {
    let forwards: PortForwards | undefined;

    before(async () => {
        forwards = await PortForwards.open(sandbox);
        await assertVerified(sandbox);
    });

    after(async () => {
        await forwards?.close();
    });

    /** Opens the page of a query, and closes it after the callback. */
    async function lookAt(query: string, look: (page: BrowserPage) => Promise<void>): Promise<void> {
        const url = (await forwards?.backends.victorialogs?.url()) ?? assert.fail("the stack has no VictoriaLogs");
        const page = await BrowserPage.open(`${url}/select/vmui/#/?${new URLSearchParams({ query }).toString()}`);
        try {
            await look(page);
            assert.deepEqual(page.listErrors(), []);
        } finally {
            await page.close();
        }
    }

    it("shows the records that verify has sent", async () => {
        await lookAt(`{${SERVICE_ATTRIBUTE}="${VERIFY_SERVICE}"}`, async (page) => {
            await page.waitFor(`/Total logs returned:\\s+[1-9]/.test(document.body.innerText)`);
            assert.match(await page.text(), VERIFY_RECORD);
        });
    });

    it("reports when there are none", async () => {
        await lookAt(`{${SERVICE_ATTRIBUTE}="nobody"}`, async (page) => {
            await page.waitFor(`document.body.innerText.includes("No logs found")`);
            assert.doesNotMatch(await page.text(), VERIFY_RECORD);
        });
    });
});
