import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { readStackSettings } from "../../../tools/render/program";
import { removeDirectory, createTemporaryDirectory } from "../../support/fake-commands";

/** Recorded with `pulumi config --json --show-secrets` of Pulumi 3.215 on a stack with the same files. */
const SCALARS: readonly (readonly [string, unknown])[] = [
    ["02000", 1024],
    ["10_000", 10000],
    ["yes", "yes"],
    ["off", "off"],
    ["2026-11-01", "2026-11-01 00:00:00 +0000 UTC"],
    ["2026-11-01 10:00:00", "2026-11-01 10:00:00 +0000 UTC"],
    ["0o17", 15],
    ["0x10", 16],
    ["0b11", 3],
    ["1e3", 1000],
    ["08", 8],
    ["1:30", "1:30"],
    ["True", true],
    ["~", null],
    [".5", 0.5],
    ["1_0.5", 10.5],
    ["'02'", "02"],
    ["+5", 5],
    ["-010", -8],
    ["1.0", 1],
];

describe("readStackConfig", () => {
    let work: string;

    beforeEach(() => {
        work = createTemporaryDirectory();
    });

    afterEach(() => {
        removeDirectory(work);
    });

    const write = (file: string, content: string): void => {
        fs.mkdirSync(path.dirname(path.join(work, file)), { recursive: true });
        fs.writeFileSync(path.join(work, file), content);
    };

    for (const [text, value] of SCALARS) {
        it(`reads ${text} as Pulumi does`, () => {
            write("Pulumi.mine.yaml", `config:\n  otel-stack:collector: { a: ${text} }\n  otel-stack:top: ${text}\n`);
            assert.deepEqual(readStackSettings("mine", work), { collector: { a: value }, top: value });
        });
    }

    it("reads merge keys, and keys without the project's name", () => {
        write("Pulumi.mine.yaml", "config:\n  a: &x { k: 1 }\n  otel-stack:b: { <<: *x, l: 2 }\n");
        assert.deepEqual(readStackSettings("mine", work), { a: { k: 1 }, b: { k: 1, l: 2 } });
    });

    it("reads values and defaults of Pulumi.yaml, which the stack file replaces as a whole", () => {
        write(
            "Pulumi.yaml",
            "name: otel-stack\nconfig:\n  otel-stack:size: { type: string, default: medium }\n" +
                "  otel-stack:prometheus: { value: { retention: 7d } }\n  rolloutTimeout: 5m\n  loki: { value: { retention: 7d } }\n",
        );
        write("Pulumi.mine.yaml", "config:\n  loki: { volumeSize: 2Gi }\n");
        assert.deepEqual(readStackSettings("mine", work), {
            size: "medium",
            prometheus: { retention: "7d" },
            rolloutTimeout: "5m",
            loki: { volumeSize: "2Gi" },
        });
    });

    it("reports a value that Pulumi.yaml requires and nothing sets", () => {
        write("Pulumi.yaml", "name: otel-stack\nconfig:\n  size: { type: string }\n");
        write("Pulumi.mine.yaml", "config: {}\n");
        assert.throws(() => readStackSettings("mine", work), /Pulumi\.yaml declares otel-stack:size without a default/);
    });

    it("rejects an environment and names it", () => {
        write("Pulumi.mine.yaml", "environment: [team/production]\nconfig: {}\n");
        assert.throws(
            () => readStackSettings("mine", work),
            /^Error: Pulumi\.mine\.yaml: `environment` imports values/,
        );
    });

    it("finds the file of a full stack name in stackConfigDir", () => {
        write("Pulumi.yaml", "name: otel-stack\nstackConfigDir: stacks\n");
        write("stacks/Pulumi.mine.yaml", "config:\n  size: large\n");
        assert.deepEqual(readStackSettings("organization/otel-stack/mine", work), { size: "large" });
    });
});
