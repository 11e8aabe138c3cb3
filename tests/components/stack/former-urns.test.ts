import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { OtelStack, type OtelStackArgs } from "../../../components/stack/otel-stack";
import { readStackSettings, startMocks, stripStackTraces } from "../../../tools/render/program";
import { EVERYTHING } from "../../support/everything";
import FORMER_URNS from "./former-urns.json";

/** What a transformation hears of a resource. */
type Registered = Pick<pulumi.ResourceTransformationArgs, "name" | "opts" | "resource" | "type">;

/** A URN without stack and project: the types of the parents and of the resource, and its name. */
interface Urn {
    readonly types: string;
    readonly name: string;
}

/** The resources of a stack with those settings, in the order in which they are registered. */
async function listResources(args: OtelStackArgs): Promise<readonly Registered[]> {
    const resources: Registered[] = [];
    const recorder = await startMocks();
    new OtelStack("otel-stack", args, {
        transformations: [
            (registered) => {
                resources.push(registered);
                return undefined;
            },
        ],
    });
    await recorder.settle();
    return resources;
}

/** For each resource the URNs that it has, or takes over from the state of an earlier version. */
function resolveUrns(resources: readonly Registered[]): ReadonlyMap<Registered, readonly string[]> {
    const urns = new Map<pulumi.Resource, readonly Urn[]>();
    return new Map(
        resources.map((registered) => {
            const { name, opts, resource, type } = registered;
            const aliases = (opts.aliases ?? []) as readonly pulumi.Alias[];
            const ids = [{ name, type }, ...aliases.map((alias) => ({ name, type, ...alias }))];
            const parents = opts.parent === undefined ? [] : (urns.get(opts.parent) ?? []);
            const [parent] = parents;
            const found = ids.flatMap((id): Urn[] =>
                "parent" in id || parents.length === 0
                    ? [toUrn(id as { name: string; type: string })]
                    : parents.map((former) =>
                          inherit(id as { name: string; type: string }, former, parent?.name ?? ""),
                      ),
            );
            urns.set(resource, found);
            return [registered, found.map(formatUrn)];
        }),
    );
}

function toUrn({ name, type }: { readonly name: string; readonly type: string }): Urn {
    return { types: type, name };
}

/** As Pulumi has it: the name of a child that begins with its parent's name follows the former name of the parent. */
function inherit({ name, type }: { readonly name: string; readonly type: string }, former: Urn, parent: string): Urn {
    return {
        types: `${former.types}$${type}`,
        name: name.startsWith(parent) ? former.name + name.slice(parent.length) : name,
    };
}

function formatUrn({ types, name }: Urn): string {
    return `${types}::${name}`.replace(/-[0-9a-f]{8}$/, "-HASH");
}

/** Objects that have another name since, with nothing in them that could be lost. */
const RENAMED = [/:Service::otel-collector-guarded$/, /:Secret::otel-collector\S*-secrets-1$/];

const STACKS = {
    sandbox: readStackSettings("sandbox"),
    secure: readStackSettings("secure"),
    all: { ...EVERYTHING, namespace: { name: "otel" } },
} as const;

describe("the state of a stack from before OtelStack", () => {
    for (const [stack, settings] of Object.entries(STACKS)) {
        it(`is taken over whole: ${stack}`, async () => {
            const urns = [...resolveUrns(await stripStackTraces(() => listResources(settings))).values()];
            const former = FORMER_URNS[stack as keyof typeof STACKS].filter(
                (urn) => !RENAMED.some((name) => name.test(urn)),
            );
            assert.ok(former.length > 20);
            assert.deepEqual(
                former.map((urn) => [urn, urns.filter((claimed) => claimed.includes(urn)).length]),
                former.map((urn) => [urn, 1]),
            );
        });
    }

    it("is claimed by the default stack alone", async () => {
        const aliased = await stripStackTraces(async () => {
            const found: string[] = [];
            const recorder = await startMocks();
            const collect = ({ name, opts }: pulumi.ResourceTransformationArgs) => {
                if ((opts.aliases as readonly pulumi.Alias[] | undefined)?.some((alias) => "parent" in alias)) {
                    found.push(name);
                }
                return undefined;
            };
            new OtelStack("second", EVERYTHING, { transformations: [collect] });
            await recorder.settle();
            return found;
        });
        assert.deepEqual(aliased, []);
    });
});
