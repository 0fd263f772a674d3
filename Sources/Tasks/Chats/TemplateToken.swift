/// A word, number, text or sign between the brackets of a template.
struct TemplateToken: Hashable {
    enum Kind: Hashable {
        case name(String)
        case integer(Int)
        case text(String)
        case sign(String)
    }

    let kind: Kind
    let place: TemplatePlace

    /// The token in a message.
    var shown: String {
        switch kind {
        case .name(let name), .sign(let name): "'\(name)'"
        case .integer(let value): "'\(value)'"
        case .text: "a text"
        }
    }
}

/// A part of a template: text, or what stands between brackets.
enum TemplatePiece {
    /// Text as it is.
    case text(String)
    /// `{{ … }}`
    case output([TemplateToken], TemplatePlace)
    /// `{% … %}`
    case statement([TemplateToken], TemplatePlace)
}
