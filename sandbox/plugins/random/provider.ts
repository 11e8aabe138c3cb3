import { isDeepStrictEqual } from "node:util";
import type * as provider from "@pulumi/pulumi/provider";
import { hashSync } from "bcryptjs";
import { containsUnknown, markSecret, type Properties } from "./property-values";
import { validateArgs, resolveIdentity, generateString, resolveArgs } from "./random-string";

const PASSWORD = "random:index/randomPassword:RandomPassword";
const STRING = "random:index/randomString:RandomString";
/** The cost that the official random provider uses. */
const BCRYPT_COST = 10;

/**
 * Provider of RandomPassword and RandomString with the properties of the official random provider, which package
 * registries do not have.
 */
export class RandomProvider implements provider.Provider {
    constructor(readonly version: string) {}

    check(urn: string, _olds: Properties, news: Properties): Promise<provider.CheckResult> {
        const type = parseUrnType(urn);
        if (type === PASSWORD || type === STRING) {
            return Promise.resolve({ inputs: news, failures: [...validateArgs(news)] });
        }
        const reason = `the random provider of the sandbox does not support ${type}: install the official random provider`;
        return Promise.resolve({ inputs: news, failures: [{ property: "", reason }] });
    }

    /** Every change of an argument or a keeper requires a replacement. */
    diff(_id: string, _urn: string, olds: Properties, news: Properties): Promise<provider.DiffResult> {
        const [before, after] = [resolveIdentity(olds), resolveIdentity(news)];
        const replaces = Object.keys(after).filter((key) => !isDeepStrictEqual(before[key], after[key]));
        if (containsUnknown(news) && replaces.length === 0) {
            return Promise.resolve({ changes: true, replaces: ["keepers"] });
        }
        return Promise.resolve({ changes: replaces.length > 0, replaces, deleteBeforeReplace: false });
    }

    create(urn: string, inputs: Properties): Promise<provider.CreateResult> {
        const text = generateString(resolveArgs(inputs));
        return Promise.resolve(
            parseUrnType(urn) === PASSWORD
                ? { id: "none", outs: renderPassword(inputs, text) }
                : { id: text, outs: renderOutputs(inputs, text) },
        );
    }

    /** Returns the state, because the string is stored only there. */
    read(id: string, urn: string, props?: Properties): Promise<provider.ReadResult> {
        return props === undefined || Object.keys(props).length === 0
            ? Promise.reject(
                  new Error(
                      `the random provider of the sandbox cannot import ${parseUrnType(urn)}: install the official random provider`,
                  ),
              )
            : Promise.resolve({ id, props });
    }

    update(_id: string, _urn: string, olds: Properties, news: Properties): Promise<provider.UpdateResult> {
        return Promise.resolve({ outs: { ...olds, ...news } });
    }

    delete(): Promise<void> {
        return Promise.resolve();
    }
}

/** Parses the type in a URN, for example `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
function parseUrnType(urn: string): string {
    return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function renderOutputs(inputs: Properties, result: string): Properties {
    const { overrideSpecial, ...rules } = resolveArgs(inputs);
    return {
        ...rules,
        number: rules.numeric,
        ...(overrideSpecial !== "" && { overrideSpecial }),
        ...(inputs.keepers !== undefined && { keepers: inputs.keepers }),
        result,
    };
}

function renderPassword(inputs: Properties, text: string): Properties {
    return {
        ...renderOutputs(inputs, text),
        result: markSecret(text),
        bcryptHash: markSecret(hashSync(text, BCRYPT_COST)),
    };
}
