import Experiment

/// `peftexp schema`
let schemaCommand = Command(
    CommandForm(
        "schema", "Write the JSON Schema of a manifest, for editors that check YAML against one.",
        examples: ["schema > schemas/manifest.schema.json"])
) { _, console in
    console.out(Manifest.schemaDocument(title: "A peftexp experiment").prettyText)
    return .done
}
