import assert from "node:assert/strict";
import { formatDuration, renderTrace } from "../../../tools/trace/render";
import type { Span } from "../../../tools/trace/trace";

const START = Date.UTC(2026, 10, 27, 13, 0, 0) * 1000;

/** A span of the service shop, of a second from the start of the trace. */
function createSpan(spanId: string, fields: Partial<Span> = {}): Span {
    return { spanId, service: "shop", name: spanId, start: START, duration: 1_000_000, hasError: false, ...fields };
}

function renderLines(spans: readonly Span[], width = 80): readonly string[] {
    return renderTrace({ traceId: "abc", spans }, width).split("\n");
}

/** The lines of the tree, without the head and without what follows. */
function renderTree(spans: readonly Span[], width = 80): readonly string[] {
    return renderLines(spans, width).slice(3, 3 + spans.length);
}

const ORDER: readonly Span[] = [
    createSpan("charge", {
        parentId: "order",
        service: "payments",
        start: START + 500_000,
        duration: 250_000,
        hasError: true,
    }),
    createSpan("order", { parentId: "buy", service: "frontend", start: START + 250_000, duration: 750_000 }),
    createSpan("check", { parentId: "order", service: "frontend", start: START + 250_000, duration: 900 }),
    createSpan("buy"),
];

describe("renderTrace", () => {
    it("prints a tree with durations and bars within 80 columns", () => {
        assert.deepEqual(renderLines(ORDER), [
            "trace abc",
            "4 spans, 3 services, 1 error (✗), 1 s, from 2026-11-27T13:00:00.000Z",
            "",
            "shop: buy                    1 s  ██████████████████████████████████████████████",
            "└ frontend: order         750 ms              ██████████████████████████████████",
            "  ├ frontend: check       900 µs              ▏",
            "  └ ✗ payments: charge    250 ms                         ████████████",
            "",
        ]);
    });

    for (const width of [60, 80, 120, 200]) {
        it(`fits ${width} columns exactly`, () => {
            const lengths = renderTree([...ORDER, createSpan("x".repeat(300), { parentId: "buy" })], width).map(
                (line) => line.length,
            );
            assert.equal(Math.max(...lengths), width);
        });
    }

    it("uses the minimum width when the terminal is narrower", () => {
        assert.deepEqual(renderLines(ORDER, 10), renderLines(ORDER, 60));
    });

    it("truncates a name that does not fit", () => {
        assert.match(renderTree([createSpan("n".repeat(100))])[0] ?? "", /^shop: n{37}… {2}/);
    });

    it("marks a span with a missing parent as a root", () => {
        const lines = renderLines([
            createSpan("root"),
            createSpan("lost", { parentId: "nobody", start: START + 500_000, duration: 1 }),
        ]);
        assert.match(lines[4] ?? "", /^\? shop: lost .*▏$/);
        assert.equal(lines[6], "? 1 span with a missing parent: not yet received, or sent to another backend");
    });

    it("sorts several roots by start time", () => {
        const roots = renderTree([
            createSpan("second", { start: START + 1 }),
            createSpan("first"),
            createSpan("third", { start: START + 2 }),
        ]);
        assert.deepEqual(
            roots.map((line) => line.split(" ")[1]),
            ["first", "second", "third"],
        );
    });

    it("renders a trace of zero duration", () => {
        const [root, child] = renderTree([
            createSpan("root", { duration: 0 }),
            createSpan("child", { duration: 0, parentId: "root" }),
        ]);
        assert.match(root ?? "", /^shop: root +0 µs {2}▏$/);
        assert.match(child ?? "", /^└ shop: child +0 µs {2}▏$/);
    });

    it("renders a span at the end of the trace within the last column", () => {
        const [, last] = renderTree([
            createSpan("root"),
            createSpan("last", { parentId: "root", start: START + 1_000_000, duration: 0 }),
        ]);
        assert.ok((last ?? "").endsWith("▏"));
        assert.equal(last?.length, 80);
    });

    it("prints the depth of a span when indentation does not fit", () => {
        const chain = Array.from({ length: 20_000 }, (_, i) =>
            createSpan(`s${i}`, i === 0 ? {} : { parentId: `s${i - 1}`, start: START + i }),
        );
        const tree = renderTree(chain);
        assert.match(tree[12] ?? "", /^ {22}└ shop: s12 /);
        assert.match(tree[13] ?? "", /^ +\[13\] shop: s13 /);
        assert.match(tree[19_999] ?? "", /^ +\[19999\] shop: s19999 /);
    });

    it("renders every span once when spans are each other's parents or share an id", () => {
        const tree = renderTree([
            createSpan("a", { parentId: "b" }),
            createSpan("b", { parentId: "a" }),
            createSpan("self", { parentId: "self" }),
            createSpan("twin"),
            createSpan("twin", { name: "again" }),
            createSpan("child", { parentId: "twin" }),
        ]);
        const names = tree.map((line) => /shop: (\w+)/.exec(line)?.[1]);
        assert.deepEqual([...names].sort(), ["a", "again", "b", "child", "self", "twin"]);
    });

    it("replaces terminal control characters with dots", () => {
        const [line] = renderTree([createSpan("clear\u001b[2Jscreen\n\u202eover", { service: "\u0007bell" })]);
        assert.match(line ?? "", /^·bell: clear·\[2Jscreen··over /);
    });
});

describe("formatDuration", () => {
    for (const [microseconds, expected] of [
        [0, "0 µs"],
        [999, "999 µs"],
        [1_000, "1 ms"],
        [12_345, "12.3 ms"],
        [999_499, "999 ms"],
        [999_999, "1 s"],
        [1_240_000, "1.24 s"],
        [59_900_000, "59.9 s"],
        [60_000_000, "1m 0s"],
        [3_725_000_000, "62m 5s"],
    ] as const) {
        it(`formats ${microseconds} microseconds as ${expected}`, () => {
            assert.equal(formatDuration(microseconds), expected);
        });
    }
});
