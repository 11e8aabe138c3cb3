import assert from "node:assert/strict";
import { applyReplacements } from "../../sandbox/prometheus-ui";

const REPLACEMENTS = [{ name: "@ui/code", locked: "2.1.0", version: "2.0.3", integrity: "sha512-other==" }];

const LOCK = `importers:

  app:
    dependencies:
      '@ui/code':
        specifier: ^2.1.0
        version: 2.1.0(@ui/core@2.1.0(react@1.0.0))
      '@ui/core':
        specifier: ^2.1.0
        version: 2.1.0(react@1.0.0)

packages:

  '@ui/code@2.1.0':
    resolution: {integrity: sha512-locked==}
    peerDependencies:
      '@ui/core': 2.1.0

  '@ui/core@2.1.0':
    resolution: {integrity: sha512-core==}

snapshots:

  '@ui/code@2.1.0(@ui/core@2.1.0(react@1.0.0))':
    dependencies:
      '@ui/core': 2.1.0(react@1.0.0)
`;

describe("applyReplacements", () => {
    it("replaces a package wherever the lock file names it, with the integrity of the other version", () => {
        assert.equal(
            applyReplacements(LOCK, REPLACEMENTS),
            LOCK.replace(
                "specifier: ^2.1.0\n        version: 2.1.0(@ui/core",
                "specifier: 2.0.3\n        version: 2.0.3(@ui/core",
            )
                .replace(
                    "'@ui/code@2.1.0':\n    resolution: {integrity: sha512-locked==}",
                    "'@ui/code@2.0.3':\n    resolution: {integrity: sha512-other==}",
                )
                .replace("'@ui/code@2.1.0(@ui/core", "'@ui/code@2.0.3(@ui/core"),
        );
    });

    it("replaces only the version that a package.json asks for", () => {
        const asked = { dependencies: { "@ui/code": "^2.1.0", "@ui/core": "^2.1.0" } };
        const replaced = { dependencies: { "@ui/code": "2.0.3", "@ui/core": "^2.1.0" } };
        assert.deepEqual(JSON.parse(applyReplacements(JSON.stringify(asked, undefined, 2), REPLACEMENTS)), replaced);
    });

    it("fails when the locked version is not the one to replace", () => {
        assert.throws(
            () => applyReplacements(LOCK.replaceAll("2.1.0", "2.2.0"), REPLACEMENTS),
            /does not ask for @ui\/code 2\.1\.0/,
        );
    });
});
