import assert from "node:assert/strict";
import { check } from "../../../sandbox/plugins/kubernetes/check";
import { secret, UNKNOWN } from "../../../sandbox/plugins/shared/properties";

const urn = (type: string): string => `urn:pulumi:dev::proj::a:b:C$kubernetes:${type}::x`;
const CONFIG_MAP = urn("core/v1:ConfigMap");

describe("check of a Kubernetes object", () => {
    it("completes what the type says", () => {
        const { inputs, failures } = check(
            { urn: urn("apps/v1:Deployment"), olds: {}, news: { metadata: { name: "a" } } },
            "ns",
        );
        assert.deepEqual(failures, []);
        assert.deepEqual(inputs, {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: "a", namespace: "ns" },
        });
    });

    it("leaves a namespace that is given, and sets none by itself", () => {
        const news = { metadata: { name: "a", namespace: "mine" } };
        assert.deepEqual(check({ urn: CONFIG_MAP, olds: {}, news }, "other").inputs.metadata, news.metadata);
        const { metadata } = check({ urn: CONFIG_MAP, olds: {}, news: { metadata: { name: "a" } } }, undefined).inputs;
        assert.deepEqual(metadata, { name: "a" });
    });

    for (const metadata of [undefined, {}, { name: "" }, { generateName: "a-" }]) {
        it(`refuses metadata ${JSON.stringify(metadata)}: it makes up no name`, () => {
            const news = metadata === undefined ? {} : { metadata };
            const { failures } = check({ urn: CONFIG_MAP, olds: {}, news }, undefined);
            assert.deepEqual(
                failures.map(({ property }) => property),
                ["metadata.name"],
            );
            assert.match(
                failures[0]?.reason ?? "",
                /a ConfigMap needs a name: the sandbox's stand-in .* makes none up/,
            );
        });
    }

    it("waits for a name that is not known yet", () => {
        for (const name of [UNKNOWN, secret("a")]) {
            assert.deepEqual(
                check({ urn: CONFIG_MAP, olds: {}, news: { metadata: { name } } }, undefined).failures,
                [],
            );
        }
    });

    it("keeps the content of a Secret secret", () => {
        const news = { metadata: { name: "a" }, stringData: { k: "v" }, data: { b: "dg==" } };
        const { inputs } = check({ urn: urn("core/v1:Secret"), olds: {}, news }, undefined);
        assert.deepEqual(inputs.stringData, secret({ k: "v" }));
        assert.deepEqual(inputs.data, secret({ b: "dg==" }));
    });

    for (const type of ["helm.sh/v3:Release", "yaml/v2:ConfigGroup", "core/v1:ConfigMapPatch"]) {
        it(`says that it serves no ${type}`, () => {
            const { failures } = check({ urn: urn(type), olds: {}, news: { metadata: { name: "a" } } }, undefined);
            assert.match(failures[0]?.reason ?? "", /stand-in .* serves no .*: use the official plugin/);
        });
    }
});
