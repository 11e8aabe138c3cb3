import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { renderStackManifests } from "../tools/render/manifests";

/** Every stack file has one; `UPDATE_GOLDEN=1 npx mocha` writes them anew, for a person to read the difference. */
describe("golden manifests", () => {
    for (const stack of ["dev", "sandbox", "secure"]) {
        it(`match the rendered objects of stack ${stack}`, async () => {
            const manifests = await renderStackManifests(stack);
            const golden = path.join(__dirname, "golden", `${stack}.yaml`);
            if (process.env.UPDATE_GOLDEN) {
                fs.writeFileSync(golden, manifests);
            }
            assert.equal(manifests, fs.readFileSync(golden, "utf8"));
        });
    }
});
