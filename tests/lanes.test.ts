import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { filesOf, STAGES } from "./e2e/support/lanes";

const FILES = fs.readdirSync(path.join(__dirname, "e2e")).filter((file) => file.endsWith(".test.ts"));
const LANES = STAGES.flat();

describe("the lanes of the end-to-end tests", () => {
    it("have each file once", () => {
        const all = LANES.flatMap((lane) => filesOf(lane, FILES));
        assert.deepEqual([...all].sort(), [...FILES].sort());
    });

    it("name no file that is not there", () => {
        for (const { name, files } of LANES) {
            const absent = files.filter((start) => !FILES.includes(`${start}.test.ts`));
            assert.deepEqual(absent, [], name);
        }
    });

    it("are no other's beginning, as names of a Namespace, while they run side by side", () => {
        for (const lanes of STAGES) {
            for (const { name, namespace } of lanes) {
                const others = lanes.filter((lane) => lane.name !== name);
                assert.ok(!others.some((lane) => lane.namespace.startsWith(namespace)), namespace);
            }
        }
    });
});
