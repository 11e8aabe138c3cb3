import assert from "node:assert/strict";
import type { OtelStackArgs } from "../../../components/stack/otel-stack";
import { assertUpdateIsSafe } from "../../../components/stack/update-checks";
import { resolveStoredData } from "../../../config/model/stored-data";
import { startMocks } from "../../../tools/render/program";
import { getRejectionMessage } from "../../support/fake-commands";
import { parseSettings } from "../../support/settings";

const NO_VOLUME: OtelStackArgs = { namespace: { name: "telemetry" } };
const ONE_VOLUME = { ...NO_VOLUME, prometheus: { persistence: { enabled: true } } };
const STORED_DATA = resolveStoredData(parseSettings(ONE_VOLUME));

describe("assertUpdateIsSafe", () => {
    for (const [title, previousOutputs, options] of [
        ["the output storedData", { storedData: STORED_DATA }, {}],
        ["the output that it is given", { webData: STORED_DATA }, { output: "webData" }],
    ] as const) {
        it(`compares the arguments of OtelStack with ${title}`, async () => {
            await startMocks({}, [], "test", true, previousOutputs);
            await assertUpdateIsSafe(ONE_VOLUME, options);
            const message = await getRejectionMessage(assertUpdateIsSafe(NO_VOLUME, options));
            assert.match(message, /prometheus-data \(1024Mi, used bytes unknown\)/);
        });
    }

    it("leaves invalid arguments to OtelStack", async () => {
        await startMocks({}, [], "test", true, { storedData: STORED_DATA });
        await assertUpdateIsSafe({ collector: { replicas: 0 } });
    });
});
