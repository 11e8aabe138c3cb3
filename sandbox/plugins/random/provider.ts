import { hashSync } from "bcryptjs";
import { changesBetween } from "../shared/changes";
import type { JsonObject } from "../shared/json";
import { containsUnknown, secret, UNKNOWN } from "../shared/properties";
import * as api from "../shared/provider";
import { checkText, identityOf, randomText, rulesOf } from "./text";

const PASSWORD = "random:index/randomPassword:RandomPassword";
const STRING = "random:index/randomString:RandomString";
/** Of the official plugin. */
const BCRYPT_COST = 10;

/** Makes random passwords and texts: the sandbox's stand-in for the official plugin. */
export class RandomProvider implements api.Provider {
    readonly name = "random";
    readonly description = "the sandbox's stand-in for Pulumi's random plugin";

    constructor(readonly version: string) {}

    configure(): Promise<void> {
        return Promise.resolve();
    }

    check({ urn, news }: api.CheckRequest): Promise<api.CheckResult> {
        const type = api.typeOfUrn(urn);
        if (type === PASSWORD || type === STRING) {
            return Promise.resolve({ inputs: news, failures: checkText(news) });
        }
        const reason = `the sandbox's stand-in for the random plugin makes no ${type}: use the official plugin`;
        return Promise.resolve({ inputs: news, failures: [{ property: "", reason }] });
    }

    /** Whatever changes makes a new text. */
    diff({ oldInputs, news }: api.DiffRequest): Promise<api.DiffResult> {
        const unknown = containsUnknown(news);
        const changes = unknown
            ? changesBetween(oldInputs, news)
            : changesBetween(identityOf(oldInputs), identityOf(news));
        return Promise.resolve({ changes, replaces: [...changes.keys()], deleteBeforeReplace: false });
    }

    create({ urn, inputs, preview }: api.CreateRequest): Promise<api.CreateResult> {
        const isPassword = api.typeOfUrn(urn) === PASSWORD;
        if (preview) {
            const hash = isPassword ? { bcryptHash: UNKNOWN } : {};
            return Promise.resolve({ id: "", outputs: { ...inputs, result: UNKNOWN, ...hash } });
        }
        const text = randomText(rulesOf(inputs));
        return Promise.resolve(
            isPassword
                ? { id: "none", outputs: passwordOutputs(inputs, text) }
                : { id: text, outputs: outputsOf(inputs, text) },
        );
    }

    /** Nothing outside Pulumi's state knows the text. */
    read({ id, urn, inputs, outputs }: api.ReadRequest): Promise<api.ReadResult | undefined> {
        if (Object.keys(outputs).length > 0) {
            return Promise.resolve({ id, inputs, outputs });
        }
        return Promise.reject(
            new Error(`the sandbox's stand-in imports no ${api.typeOfUrn(urn)}: use the official plugin`),
        );
    }

    update({ oldOutputs, news }: api.UpdateRequest): Promise<JsonObject> {
        return Promise.resolve({ ...oldOutputs, ...news });
    }

    delete(): Promise<void> {
        return Promise.resolve();
    }

    cancel(): void {
        // Nothing here takes long.
    }
}

function outputsOf(inputs: JsonObject, result: string): JsonObject {
    const { overrideSpecial, ...rules } = rulesOf(inputs);
    return {
        ...rules,
        number: rules.numeric,
        ...(overrideSpecial !== "" && { overrideSpecial }),
        ...(inputs.keepers !== undefined && { keepers: inputs.keepers }),
        result,
    };
}

function passwordOutputs(inputs: JsonObject, text: string): JsonObject {
    return {
        ...outputsOf(inputs, text),
        result: secret(text),
        bcryptHash: secret(hashSync(text, BCRYPT_COST)),
    };
}
