import { type Document, isScalar, parseDocument, visit, type YAMLError } from "yaml";
import { parsePulumiScalar } from "./pulumi-scalars";

/**
 * Parses a YAML file for Pulumi. Supports merge keys, and reads numbers and dates as Pulumi does.
 *
 * @param file Name of the file, for messages.
 * @throws on the first error, with the file, the line and the nearest preceding key.
 */
export function parseYaml(text: string, file: string): unknown {
    const document = parseDocument(text, { prettyErrors: true, merge: true });
    const [error] = document.errors;
    if (error !== undefined) {
        throw new Error(formatYamlError(error, document, file));
    }
    visit(document, {
        Scalar(position, node) {
            if (position !== "key" && node.type === "PLAIN" && node.tag === undefined) {
                node.value = parsePulumiScalar(node.source ?? "");
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

function formatYamlError(error: YAMLError, document: Document, file: string): string {
    // The library appends the position and an excerpt of several lines.
    const reason = error.message.replace(/ at line \d+, column \d+:[^]*$/, "");
    const line = error.linePos?.[0].line;
    const key = findNearestKey(document, error.pos[0]);
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
