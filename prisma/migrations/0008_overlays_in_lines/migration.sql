-- An overlay supplies what is missing, and the gap stays open: what is built with overlays is a line of work of its own.
UPDATE unit u SET line = concat_ws('/', b.request->>'toolchain', b.request->>'mode',
  concat_ws('+', b.request->>'targetLinkage',
    (SELECT string_agg(overlay, '+' ORDER BY overlay COLLATE "C") FROM jsonb_array_elements_text(b.request->'overlays') AS o(overlay))),
  u.id)
FROM build b WHERE b.id = u.build AND u.line <> '' AND jsonb_array_length(b.request->'overlays') > 0;

-- Gaps that such a build was said to have closed, or is the only one to have met: a gap is open while the newest run of a line meets it.
INSERT INTO gap_line (gap, line, surface, open)
SELECT DISTINCT o.gap, n.line, n.surface, true
FROM (SELECT DISTINCT ON (u.line) u.line, u.build, u.id, u.attempt, b.surface_date AS surface
      FROM unit u JOIN build b ON b.id = u.build
      WHERE u.line <> '' AND u.state IN ('built', 'cached', 'failed') ORDER BY u.line, b.surface_date DESC, u.ended_at DESC) n
JOIN gap_occurrence o ON o.build = n.build AND o.unit = n.id AND o.attempt = n.attempt
ON CONFLICT (gap, line) DO UPDATE SET open = true, surface = excluded.surface;
DELETE FROM gap_line l WHERE NOT EXISTS (SELECT 1 FROM unit u WHERE u.line = l.line);
UPDATE gap SET closed_at = NULL WHERE closed_at IS NOT NULL AND EXISTS (SELECT 1 FROM gap_line l WHERE l.gap = gap.key AND l.open);
