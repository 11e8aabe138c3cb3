import structs from "google-protobuf/google/protobuf/struct_pb";
import { isList, isObject, type Json, type JsonObject, toJson, withoutNulls } from "./json";

/**
 * Pulumi's properties are kept as they stand on the wire: JSON, in which a secret is an object with a signature and a
 * value that is not known yet is one of these texts.
 * https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/plugin/rpc.go
 */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const UNKNOWNS: ReadonlySet<Json> = new Set([
    UNKNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

export function isUnknown(value: Json | undefined): boolean {
    return value !== undefined && UNKNOWNS.has(value);
}

export function isSecret(value: Json | undefined): value is JsonObject {
    return isObject(value) && value[SIGNATURE_KEY] === SECRET_SIGNATURE;
}

export function secret(value: Json): Json {
    return isSecret(value) ? value : { [SIGNATURE_KEY]: SECRET_SIGNATURE, value };
}

/** The plain value, with every secret inside it laid open. */
export function reveal(value: Json): Json {
    if (isSecret(value)) {
        return reveal(value.value ?? null);
    }
    if (isObject(value)) {
        return revealObject(value);
    }
    return isList(value) ? value.map(reveal) : value;
}

export function revealObject(value: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}

export function containsUnknown(value: Json): boolean {
    return isUnknown(value) || children(value).some(containsUnknown);
}

export function containsSecret(value: Json): boolean {
    return isSecret(value) || children(value).some(containsSecret);
}

function children(value: Json): readonly Json[] {
    return isList(value) ? value : isObject(value) ? Object.values(value) : [];
}

/**
 * Marks in `outputs` what is secret in `inputs`. A list with a secret anywhere in it becomes secret as a whole, since
 * its order may change.
 */
export function markSecrets(outputs: JsonObject, inputs: JsonObject): JsonObject {
    return Object.fromEntries(
        Object.entries(outputs).map(([key, output]): [string, Json] => {
            const input = inputs[key];
            if (input === undefined || isSecret(output)) {
                return [key, output];
            }
            if (isObject(output) && isObject(input) && !isSecret(input)) {
                return [key, markSecrets(output, input)];
            }
            return [key, containsSecret(input) ? secret(output) : output];
        }),
    );
}

export function fromStruct(struct: structs.Struct | undefined): JsonObject {
    const value = struct === undefined ? {} : toJson(struct.toJavaScript());
    return isObject(value) ? withoutNulls(value) : {};
}

export function toStruct(value: JsonObject): structs.Struct {
    const struct = new structs.Struct();
    for (const [key, item] of Object.entries(value)) {
        struct.getFieldsMap().set(key, toValue(item));
    }
    return struct;
}

function toValue(value: Json): structs.Value {
    const result = new structs.Value();
    if (value === null) {
        result.setNullValue(structs.NullValue.NULL_VALUE);
    } else if (typeof value === "string") {
        result.setStringValue(value);
    } else if (typeof value === "number") {
        result.setNumberValue(value);
    } else if (typeof value === "boolean") {
        result.setBoolValue(value);
    } else if (isObject(value)) {
        result.setStructValue(toStruct(value));
    } else {
        result.setListValue(new structs.ListValue().setValuesList(value.map(toValue)));
    }
    return result;
}
