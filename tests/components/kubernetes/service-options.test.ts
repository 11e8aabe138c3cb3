import assert from "node:assert/strict";
import { renderProgram } from "../../../tools/render/program";
import { EVERYTHING } from "../../support/everything";
import { getField } from "../../support/manifests";

describe("Services of the stack", () => {
    it("have the IP families, labels and annotations of the settings", async () => {
        const { recorder } = await renderProgram({
            ...EVERYTHING,
            services: {
                ipFamilyPolicy: "PreferDualStack",
                ipFamilies: ["IPv6", "IPv4"],
                labels: { team: "platform" },
                annotations: { "example.com/note": "text", "pulumi.com/skipAwait": "false" },
            },
        });
        const services = recorder.manifests.filter(({ kind }) => kind === "Service");
        assert.ok(services.length > 10);
        for (const service of services) {
            assert.equal(getField(service, "spec", "ipFamilyPolicy"), "PreferDualStack");
            assert.deepEqual(getField(service, "spec", "ipFamilies"), ["IPv6", "IPv4"]);
            assert.equal(service.metadata.labels?.team, "platform");
            assert.equal(service.metadata.labels["app.kubernetes.io/part-of"], "otel-stack");
            assert.equal(getField(service, "metadata", "annotations", "example.com/note"), "text");
            assert.equal(getField(service, "metadata", "annotations", "pulumi.com/skipAwait"), "true");
        }
    });

    it("leave the IP families to the cluster by default", async () => {
        const { recorder } = await renderProgram(EVERYTHING);
        const families = recorder.manifests
            .filter(({ kind }) => kind === "Service")
            .map((service) => [getField(service, "spec", "ipFamilies"), getField(service, "spec", "ipFamilyPolicy")]);
        assert.deepEqual([...new Set(families.flat())], [undefined]);
    });
});
