import assert from "node:assert/strict";
import { resolveImages } from "../../../config/model/images";
import { imageVersionLabel, overrideRegistry } from "../../../config/types/image";
import { parseSettings } from "../../support/settings";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("images", () => {
    for (const [image, expected] of [
        ["prom/prometheus:v3", "mirror:5000/hub/prom/prometheus:v3"],
        ["ghcr.io/a/b/c:1", "mirror:5000/hub/a/b/c:1"],
        ["localhost/a:1", "mirror:5000/hub/a:1"],
        ["registry:5000/a:1", "mirror:5000/hub/a:1"],
        ["grafana:1.2", "mirror:5000/hub/grafana:1.2"],
        [`a.example/b@${DIGEST}`, `mirror:5000/hub/b@${DIGEST}`],
    ] as const) {
        it(`get another registry: ${image}`, () => {
            assert.equal(overrideRegistry(image, "mirror:5000/hub"), expected);
        });
    }

    it("keep their registries by default", () => {
        const settings = parseSettings({ images: { shop: "a.example/shop:1" } });
        const { agent, ...images } = resolveImages(settings);
        assert.equal(agent, settings.images.collector);
        for (const [name, image] of Object.entries(images)) {
            assert.equal(image, settings.images[name as keyof typeof images]);
        }
    });

    it("are all in the registry that replaces others, also those that are set", () => {
        const images = resolveImages(
            parseSettings({ images: { registry: "mirror.example.com", shop: "a.example/shop:1", agent: "b/c:1" } }),
        );
        assert.deepEqual(
            Object.values(images).filter((image: string) => !/^mirror\.example\.com\/[a-z]/.test(image)),
            [],
        );
        assert.equal(images.shop, "mirror.example.com/shop:1");
        assert.equal(images.agent, "mirror.example.com/b/c:1");
    });

    it("with a digest alone have its start as their version", () => {
        assert.equal(imageVersionLabel(`prom/prometheus@${DIGEST}`), "0123456789ab");
    });
});
