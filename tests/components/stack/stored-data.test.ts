import assert from "node:assert/strict";
import type { OtelStackArgs } from "../../../components/stack/otel-stack";
import { assertNoDataLoss } from "../../../components/stack/stored-data";
import { resolveStoredData } from "../../../config/model/stored-data";
import { startMocks } from "../../../tools/render/program";
import { getRejectionMessage } from "../../support/fake-commands";
import { parseSettings } from "../../support/settings";

const NO_VOLUME: OtelStackArgs = { namespace: { name: "telemetry" } };
const ONE_VOLUME = { ...NO_VOLUME, prometheus: { persistence: { enabled: true } } };
const STORED_DATA = resolveStoredData(parseSettings(ONE_VOLUME));

describe("assertNoDataLoss", () => {
    for (const [title, previousOutputs, ...args] of [
        ["the output storedData", { storedData: STORED_DATA }],
        ["the output that it is given", { webData: STORED_DATA }, "webData"],
    ] as const) {
        it(`compares the arguments of OtelStack with ${title}`, async () => {
            await startMocks({}, [], "test", true, previousOutputs);
            await assertNoDataLoss(ONE_VOLUME, ...args);
            assert.match(await getRejectionMessage(assertNoDataLoss(NO_VOLUME, ...args)), /prometheus-data/);
        });
    }

    it("leaves invalid arguments to OtelStack", async () => {
        await startMocks({}, [], "test", true, { storedData: STORED_DATA });
        await assertNoDataLoss({ collector: { replicas: 0 } });
    });
});
