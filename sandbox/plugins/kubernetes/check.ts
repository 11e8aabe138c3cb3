import { at, isObject, type JsonObject, objectAt, textAt } from "../shared/json";
import { isUnknown, reveal, revealObject } from "../shared/properties";
import { type CheckFailure, type CheckRequest, type CheckResult, typeOfUrn } from "../shared/provider";
import { markSecretKind } from "./checkpoint";
import { typeFromUrn } from "./object";

const STAND_IN = "the sandbox's stand-in for the kubernetes plugin";

/** Completes the inputs and refuses what cannot be applied. `defaultNamespace` is the provider's own, if it has one. */
export function check({ urn, news }: CheckRequest, defaultNamespace: string | undefined): CheckResult {
    const unsupported = unsupportedType(urn);
    if (unsupported !== undefined) {
        return { inputs: news, failures: [{ property: "", reason: unsupported }] };
    }
    const type = typeFromUrn(urn);
    const inputs = markSecretKind({
        apiVersion: type.apiVersion,
        kind: type.kind,
        ...news,
        metadata: withNamespace(news, defaultNamespace),
    });
    return { inputs, failures: [...nameFailures(news, type.kind), ...typeFailures(news)] };
}

function unsupportedType(urn: string): string | undefined {
    const type = typeOfUrn(urn);
    const { kind } = typeFromUrn(urn);
    if (/^kubernetes:(helm\.sh|yaml|kustomize)/.test(type)) {
        return `${STAND_IN} serves no ${type}: use the official plugin`;
    }
    return kind.endsWith("Patch")
        ? `${STAND_IN} serves no patches of objects that others own (${type}): use the official plugin`
        : undefined;
}

function withNamespace(news: JsonObject, defaultNamespace: string | undefined): JsonObject {
    const metadata = objectAt(news, "metadata");
    return defaultNamespace === undefined || metadata.namespace !== undefined
        ? metadata
        : { ...metadata, namespace: defaultNamespace };
}

function nameFailures(news: JsonObject, kind: string): readonly CheckFailure[] {
    const metadata = at(news, "metadata");
    const name = isObject(metadata) ? metadata.name : undefined;
    if (isUnknown(metadata) || (name !== undefined && reveal(name) !== "" && typeof reveal(name) === "string")) {
        return [];
    }
    return [
        {
            property: "metadata.name",
            reason: `a ${kind} needs a name: ${STAND_IN} makes none up (neither automatically nor by generateName)`,
        },
    ];
}

function typeFailures(news: JsonObject): readonly CheckFailure[] {
    const plain = revealObject(news);
    return ["apiVersion", "kind"]
        .filter((property) => plain[property] !== undefined && textAt(plain, property) === undefined)
        .map((property) => ({ property, reason: "must be a text" }));
}
