import Configuration

/// Keys that name a template, and those that name a column or field.
struct TemplateKeys {
    /// A template and its key.
    let template: String?, templateKey: String
    /// A field and its key.
    let field: String?, fieldKey: String

    /// The key that says what is read; where none does, the field's.
    var key: String { template == nil ? fieldKey : templateKey }

    /// What is wrong with them.
    var contradictions: [Contradiction] {
        guard let template else { return [] }
        if field != nil {
            return [Contradiction(key: fieldKey, with: templateKey, message: "\(templateKey) is given; leave one out")]
        }
        do throws(DataError) {
            _ = try Template(template)
            return []
        } catch {
            return [Contradiction(key: templateKey, with: templateKey, message: error.message)]
        }
    }

    /// The template, or the one field; neither where neither is given.
    var parsed: Template? {
        get throws(DataError) {
            if let template { return try Template(template) }
            return field.map { Template(field: $0) }
        }
    }
}
