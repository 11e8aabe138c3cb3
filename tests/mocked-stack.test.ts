import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { runProgram, settingsOf } from "../tools/mocked-stack";
import { messageOf, removeFolder, temporaryFolder } from "./support/fake-commands";

describe("a stack's file of settings", () => {
    let work: string;

    before(() => {
        work = temporaryFolder();
    });

    after(() => {
        removeFolder(work);
    });

    const read = (content: string): ReturnType<typeof settingsOf> => {
        fs.writeFileSync(path.join(work, "Pulumi.mine.yaml"), content);
        return settingsOf("mine", work);
    };

    it("is read without what belongs to others", () => {
        const settings = read("config:\n  kubernetes:context: kind\n  otel-stack:rolloutTimeout: 5m\n");
        assert.deepEqual(settings, { rolloutTimeout: "5m" });
    });

    it("may be empty", () => {
        assert.deepEqual(read(""), {});
    });

    it("is named where it is missing", () => {
        assert.throws(() => settingsOf("other", work), /there is no stack other: .*Pulumi\.other\.yaml/);
    });

    for (const [where, content] of [
        ["rolloutTimeout", "rolloutTimeout: { secure: v1:abc }"],
        ["images.collector", "images: { collector: { secure: v1:abc } }"],
    ] as const) {
        it(`is not guessed at where ${where} is encrypted`, () => {
            assert.throws(
                () => read(`config:\n  otel-stack:${content}\n`),
                new RegExp(`otel-stack:${where} is encrypted in Pulumi\\.mine\\.yaml`),
            );
        });
    }

    it("has its stack's name in what is said of bad settings", async () => {
        const message = await messageOf(runProgram({ collector: { replicas: 0 } }, "mine"));
        assert.match(message, /^the settings of stack mine have 1 problem:/);
    });
});
