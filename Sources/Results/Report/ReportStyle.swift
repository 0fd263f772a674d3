/// How a report looks: on a wide screen, on a phone, in the dark, and on paper.
enum ReportStyle {
    static let rules: StaticString = """
        :root { color-scheme: light dark; --ink: #1c2024; --soft: #5d6670; --line: #d8dce0; --page: #ffffff; --band: #f4f6f8; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e8eaec; --soft: #a2aab2; --line: #3a4148; --page: #16191c; --band: #1f2428; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 16px; max-width: 1200px; background: var(--page); color: var(--ink);
          font: 15px/1.45 system-ui, -apple-system, "Segoe UI", sans-serif; }
        h1 { font-size: 1.5rem; margin: 0 0 4px; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 32px 0 10px; padding-top: 14px; border-top: 2px solid var(--line); overflow-wrap: anywhere; }
        h3 { font-size: 1rem; margin: 22px 0 8px; }
        .note { color: var(--soft); margin: 4px 0 10px; font-size: .87rem; }
        .problems { color: #b3261e; padding-left: 18px; font-size: .87rem; overflow-wrap: anywhere; }
        .wide { overflow-x: auto; margin: 8px 0; }
        table { border-collapse: collapse; font-size: .85rem; }
        th, td { padding: 4px 10px; text-align: left; white-space: nowrap; border-bottom: 1px solid var(--line); }
        td { max-width: 28em; overflow: hidden; text-overflow: ellipsis; }
        th { color: var(--soft); font-weight: 600; background: var(--band); }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        .best { font-weight: 700; }
        .unfinished { color: #b3261e; font-weight: 600; }
        @media (prefers-color-scheme: dark) { .unfinished, .problems { color: #ff8a80; } }
        summary { cursor: pointer; padding: 6px 0; color: var(--soft); }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 12px 0; padding: 0; font-size: .85rem; }
        .legend li { overflow-wrap: anywhere; }
        .swatch { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 6px; }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); gap: 14px 22px; }
        figure { margin: 0; break-inside: avoid; }
        figcaption { font-size: .87rem; font-weight: 600; margin-bottom: 2px; overflow-wrap: anywhere; }
        svg { display: block; width: 100%; height: auto; }
        .wide svg { max-width: none; }
        svg text { font: 11px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--soft); }
        .grid { stroke: var(--line); stroke-width: .6; }
        .axis { stroke: var(--soft); stroke-width: 1; }
        .curve { fill: none; stroke-width: 1.5; stroke-linejoin: round; opacity: .85; }
        .ended { stroke-dasharray: 4 3; }
        .faint { opacity: .35; color: var(--ink); }
        .point { fill-opacity: .8; }
        .halo text { paint-order: stroke; stroke: var(--page); stroke-width: 3px; fill: var(--ink); }
        @page { size: landscape; margin: 12mm; }
        @media print {
          :root { --ink: #000; --soft: #444; --line: #bbb; --page: #fff; --band: #eee; }
          body { max-width: none; padding: 0; font-size: 10pt; }
          .wide { overflow: visible; }
          .wide svg { max-width: 100%; }
          .charts { grid-template-columns: repeat(3, 1fr); }
          th, td { padding: 2px 5px; }
          th { white-space: normal; overflow-wrap: anywhere; min-width: 3em; }
          table { font-size: 7.5pt; max-width: 100%; }
          .swatch, th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          h2 { break-after: avoid; }
          tr { break-inside: avoid; }
        }
        """
}
