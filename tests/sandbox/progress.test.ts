import assert from "node:assert/strict";
import { createBuildProgress, formatDuration } from "../../sandbox/progress";

describe("formatDuration", () => {
    for (const [milliseconds, text] of [
        [0, "0:00"],
        [499, "0:00"],
        [8_000, "0:08"],
        [59_600, "1:00"],
        [485_000, "8:05"],
        [3_725_000, "62:05"],
    ] as const) {
        it(`formats ${milliseconds} ms as ${text}`, () => {
            assert.equal(formatDuration(milliseconds), text);
        });
    }
});

describe("createBuildProgress", () => {
    const modules = [100, 60, 40].map((estimate, index) => ({
        name: `module-${index}`,
        title: `Module ${index}`,
        programs: {},
        estimate,
    }));
    const [first, second, third] = modules;
    assert.ok(first && second && third);
    let seconds = 0;
    const start = () => {
        seconds = 1_000;
        return createBuildProgress(modules, () => seconds * 1000);
    };

    it("starts from the estimates", () => {
        assert.equal(start().describe(first), "1 of 3, 0:00 so far, about 3:20 left");
    });

    it("counts down during a part", () => {
        const progress = start();
        seconds += 30;
        assert.equal(progress.describe(first), "1 of 3, 0:30 so far, about 2:50 left");
    });

    it("never estimates less than the remaining parts", () => {
        const progress = start();
        seconds += 500;
        assert.equal(progress.describe(first), "1 of 3, 8:20 so far, about 1:40 left");
    });

    it("adjusts estimates by the completed parts", () => {
        const progress = start();
        seconds += 200;
        assert.equal(progress.finish(first), "1 of 3, took 3:20");
        assert.equal(progress.describe(second), "2 of 3, 3:20 so far, about 3:20 left");
        seconds += 120;
        assert.equal(progress.finish(second), "2 of 3, took 2:00");
        assert.equal(progress.describe(third), "3 of 3, 5:20 so far, about 1:20 left");
    });

    it("reports nothing remaining at the end", () => {
        const progress = start();
        modules.forEach((module) => progress.finish(module));
        assert.match(progress.describe(third), /about 0:00 left/);
    });
});
