/**
 * Writes a PDF of one page, 300 x 200 points, with a form [ISO 32000-1, 12.7].
 *
 * @param fields dictionaries of the fields, which are also the page's annotations
 */
export function writePdf(fields: string[]): Buffer {
  const kids = fields.map((_, n) => `${n + 6} 0 R`).join(' ');
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [${kids}] /NeedAppearances true
      /DA (/F 12 Tf 0 g) /DR << /Font << /F 4 0 R >> >> >> >>`,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 5 0 R /Annots [${kids}]
      /Resources << /Font << /F 4 0 R >> >> >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>',
    '<< /Length 0 >>\nstream\n\nendstream',
    ...fields.map((field) => `<< /Type /Annot /Subtype /Widget /P 3 0 R /F 4 ${field} >>`),
  ];
  let text = '%PDF-1.7\n';
  const offsets = objects.map((object, n) => {
    const offset = text.length;
    text += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const xref = text.length;
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows.join('')}`;
  text += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
