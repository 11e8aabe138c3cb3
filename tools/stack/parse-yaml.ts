import {
    type Document,
    isNode,
    isScalar,
    LineCounter,
    type Node,
    parseDocument,
    type Scalar,
    visit,
    type YAMLError,
    type YAMLMap,
} from "yaml";
import { formatPulumiKey, isNotFinite, isPulumiDate, parsePulumiScalar, type PulumiScalar } from "./pulumi-scalars";

interface Options {
    /** Whether to reject dates without quotes. Pulumi formats those of Pulumi.yaml in several ways. */
    readonly rejectDates?: boolean;
}

/**
 * Parses a YAML file for Pulumi. Supports merge keys, and reads numbers, dates and keys as Pulumi does.
 *
 * Also rejects what Pulumi rejects and this parser would accept, and what the two read differently, such as tags.
 *
 * @param file Name of the file, for messages.
 * @throws on the first error, with the file, the line and the nearest preceding key.
 */
export function parseYaml(text: string, file: string, { rejectDates = false }: Options = {}): unknown {
    const lineCounter = new LineCounter();
    const document = parseDocument(text, { prettyErrors: true, merge: true, lineCounter });
    const [error] = document.errors;
    if (error !== undefined) {
        throw new Error(formatYamlError(error, document, file));
    }
    const reject = (node: Node | null, reason: string): never => {
        const offset = node?.range?.[0] ?? 0;
        throw new Error(formatError(file, lineCounter.linePos(offset).line, findNearestKey(document, offset), reason));
    };
    const { explicit, version } = document.directives.yaml;
    if (explicit && version !== "1.1") {
        reject(null, "Pulumi reads YAML 1.1; remove the %YAML directive");
    }
    if (UNICODE_LINE_BREAK.test(text)) {
        reject(null, "Pulumi reads the characters U+0085, U+2028 and U+2029 as line breaks; remove them");
    }
    const readScalar = (node: Scalar): PulumiScalar => {
        const source = node.source ?? "";
        if (isNotFinite(source)) {
            reject(node, `${source} is not a finite number; put text in quotes`);
        }
        if (rejectDates && isPulumiDate(source)) {
            reject(node, `${source} is a date, which Pulumi changes; put it in quotes`);
        }
        return parsePulumiScalar(source);
    };
    visit(document, {
        Node(_, node) {
            rejectTag(node, reject);
        },
    });
    visit(document, {
        Alias(_, alias, ancestors) {
            const target = alias.resolve(document);
            if (target !== undefined && ancestors.includes(target)) {
                reject(alias, `The value of anchor ${alias.source} contains the anchor`);
            }
        },
        Map(_, map) {
            readKeys(map, readScalar, reject);
        },
        Scalar(position, node) {
            if (position !== "key" && node.type === "PLAIN" && node.tag === undefined) {
                node.value = readScalar(node);
            }
        },
    });
    try {
        return document.toJS();
    } catch (unresolved) {
        // An alias without an anchor. The library reports no position.
        throw new Error(`${file}: ${unresolved instanceof Error ? unresolved.message : String(unresolved)}`, {
            cause: unresolved,
        });
    }
}

/** Line breaks of YAML 1.1. */
const UNICODE_LINE_BREAK = /[\u0085\u2028\u2029]/;

/** Only text has a tag that both parsers read alike. */
function rejectTag(node: Node, reject: (node: Node | null, reason: string) => never): void {
    if ("tag" in node && typeof node.tag === "string" && node.tag !== "tag:yaml.org,2002:str") {
        reject(node, `Remove the tag ${node.tag}; this program reads only plain YAML and !!str`);
    }
}

/** Replaces keys without quotes by the text that Pulumi reads, such as `8` for `010`. */
function readKeys(
    map: YAMLMap,
    readScalar: (key: Scalar) => PulumiScalar,
    reject: (node: Node | null, reason: string) => never,
): void {
    const found = new Set<string>();
    for (const { key } of map.items) {
        if (!isScalar(key)) {
            reject(isNode(key) ? key : null, "A key must be a string");
            continue;
        }
        const isMergeKey = key.source === "<<";
        if (isMergeKey && key.type !== "PLAIN") {
            reject(key, "Pulumi reads << as a merge key, even in quotes");
        }
        if (!isMergeKey && key.type === "PLAIN" && key.tag === undefined) {
            key.value = formatPulumiKey(readScalar(key));
        }
        const name = isMergeKey ? "<<" : String(key.value);
        if (found.has(name)) {
            reject(key, isMergeKey ? "A map has one merge key; write <<: [*a, *b]" : "Map keys must be unique");
        }
        found.add(name);
    }
}

function formatYamlError(error: YAMLError, document: Document, file: string): string {
    // The library appends the position and an excerpt of several lines.
    const reason =
        error.code === "MULTIPLE_DOCS"
            ? "Pulumi reads only the first YAML document; remove the others"
            : error.message.replace(/ at line \d+, column \d+:[^]*$/, "");
    return formatError(file, error.linePos?.[0].line, findNearestKey(document, error.pos[0]), reason);
}

function formatError(file: string, line: number | undefined, key: string | undefined, reason: string): string {
    return [
        file,
        line === undefined ? "" : `:${line}`,
        key === undefined ? "" : `, near key ${key}`,
        `: ${reason}`,
    ].join("");
}

/** Returns the path of the last key that starts before an offset in the text. */
function findNearestKey(document: Document, offset: number): string | undefined {
    let nearest: string | undefined;
    visit(document, {
        Pair(_, { key }, ancestors) {
            if (isScalar(key) && (key.range?.[0] ?? offset) < offset) {
                const parents = ancestors.flatMap((node) =>
                    "key" in node && isScalar(node.key) ? [String(node.key.value)] : [],
                );
                nearest = [...parents, String(key.value)].join(".");
            }
        },
    });
    return nearest;
}
