import { gzipSync } from "node:zlib";

/** Size limit of a request, by default. */
const MAX_REQUEST_BYTES = 4 * 2 ** 20;
const REPETITIONS = 10_000;

/** One byte above the limit. */
export const OVERSIZED = Buffer.alloc(MAX_REQUEST_BYTES + 1, " ");
/** Compressed to a thousandth of its size. */
export const GZIP_BOMB = gzipSync(Buffer.alloc(25 * MAX_REQUEST_BYTES));
export const GARBAGE = Buffer.from([0xff, 0x00, 0x16, 0x03, 0x01, 0xff, 0xfe, 0x80, 0x0a, 0x0d, 0x00, 0xc3, 0x28]);

/**
 * A small zstd frame with a window of 512 MiB, the decoder's maximum: magic number, descriptor, window, and blocks of
 * 128 KiB of spaces.
 */
export const ZSTD_BOMB = Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 19 << 3]),
    ...Array.from({ length: 30 }, () => Buffer.from([0x02, 0x00, 0x10, 0x20])),
    Buffer.from([0x03, 0x00, 0x10, 0x20]),
]);

export const SPAN = encodeJsonSpan({});
/** A name that is not valid UTF-8. */
export const BAD_UTF8_JSON = Buffer.from(JSON.stringify(renderSpanRequest({ name: "\u00ff\u00fe" })), "latin1");
export const MANY_ATTRIBUTES = encodeJsonSpan({
    attributes: Array.from({ length: REPETITIONS }, (_, index) => ({
        key: `attribute.${index}`,
        value: { stringValue: "x".repeat(20) },
    })),
});
/** Nested arrays. */
export const DEEP_JSON = Buffer.from(
    `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":${'{"arrayValue":{"values":['.repeat(REPETITIONS)}${"]}}".repeat(REPETITIONS)}}]}]}]}]}`,
);
export const WRONG_SHAPE = Buffer.from('{"resourceSpans":{"scopeSpans":[1,"2",{"spans":null}]}}');

/** Encodes a length-delimited protobuf field. */
function encodeField(number: number, content: Buffer): Buffer {
    return Buffer.concat([Buffer.from([(number << 3) | 2]), encodeVarint(content.length), content]);
}

function encodeVarint(value: number): Buffer {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 0x7f) {
        bytes.push((rest % 0x80) | 0x80);
        rest = Math.floor(rest / 0x80);
    }
    return Buffer.from([...bytes, rest]);
}

/** Encodes a span in a trace request: resource, scope and span. */
function encodeProtobufSpan(content: Buffer): Buffer {
    return encodeField(1, encodeField(2, encodeField(2, content)));
}

export const BAD_UTF8 = encodeProtobufSpan(encodeField(5, Buffer.from([0xc3, 0x28, 0xff, 0xfe])));
/** A field whose length exceeds the message. */
export const BROKEN_PROTOBUF = Buffer.concat([Buffer.from([0x0a]), encodeVarint(1000), Buffer.from("short")]);
/** Nested arrays up to the maximum size of a request. */
export const DEEP_PROTOBUF = encodeNestedArrays(REPETITIONS);

function encodeNestedArrays(depth: number): Buffer {
    // From the inside out. Only the headers are stored, because copying the content each time would be slow.
    const heads: Buffer[] = [];
    let length = 0;
    for (let level = 0; level < depth; level++) {
        // AnyValue.array_value is 5 and ArrayValue.values 1.
        for (const number of [1, 5]) {
            const head = Buffer.concat([Buffer.from([(number << 3) | 2]), encodeVarint(length)]);
            heads.push(head);
            length += head.length;
        }
    }
    const value = Buffer.concat(heads.reverse());
    // Span.attributes is 9, KeyValue.key 1 and KeyValue.value 2.
    return encodeProtobufSpan(encodeField(9, Buffer.concat([encodeField(1, Buffer.from("k")), encodeField(2, value)])));
}

function encodeJsonSpan(more: object): Buffer {
    return Buffer.from(JSON.stringify(renderSpanRequest(more)));
}

function renderSpanRequest(more: object): object {
    const now = `${Date.now()}000000`;
    const ids = { traceId: "5b8aa5a2d2c872e8321cf37308d69df2", spanId: "051581bf3cb55c13" };
    const scopeSpans = [
        { spans: [{ ...ids, name: "malformed", startTimeUnixNano: now, endTimeUnixNano: now, ...more }] },
    ];
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "e2e-malformed" } }] };
    return { resourceSpans: [{ resource, scopeSpans }] };
}
