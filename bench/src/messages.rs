//! The messages that are signed and checked. `orders` is the message of all benchmarks; the others
//! have what makes other implementations slow.

#[path = "../../wsse-core/examples/support/message.rs"]
mod message;

pub(crate) use message::envelope;

pub(crate) const PARTS: usize = 30;

const START: &str = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
                     xmlns:n=\"urn:example:lines\"";
const BODY: &str = "><soapenv:Header/><soapenv:Body>";
const END: &str = "</soapenv:Body></soapenv:Envelope>";
const LINE: &str = "<n:line number=\"1\"><n:article>A-4711</n:article><n:note/></n:line>\n";

/// A message of about so many octets: `orders`; `parts`, with as many header blocks; `depth-N`, whose
/// lines stand so deep; `namespaces-N`, with so many declarations above its lines.
pub(crate) fn message(kind: &str, octets: usize) -> Result<Vec<u8>, String> {
    let unknown = || format!("no kind of message: {kind}");
    let (name, number) = kind.split_once('-').unwrap_or((kind, "0"));
    let number: usize = number.parse().map_err(|_| unknown())?;
    let lines = || LINE.repeat(octets / LINE.len());
    Ok(match name {
        "orders" => envelope(octets),
        "parts" => {
            let orders = String::from_utf8(envelope(octets)).map_err(|error| error.to_string())?;
            let blocks: String = (1..=PARTS).map(block).collect();
            let header = format!("<soapenv:Header>{blocks}</soapenv:Header>");
            orders.replacen("<soapenv:Header/>", &header, 1).into_bytes()
        }
        "depth" => {
            // Envelope and Body enclose them as well.
            let (start, end) = ("<n:in>".repeat(number - 2), "</n:in>".repeat(number - 2));
            format!("{START}{BODY}{start}{}{end}{END}", lines()).into_bytes()
        }
        "namespaces" => {
            // On two elements: one may have 256 attributes.
            let half = number / 2;
            let declare = |numbers: core::ops::Range<usize>| -> String {
                numbers.map(|each| format!(" xmlns:p{each:03}=\"urn:p:{each:03}\"")).collect()
            };
            let (outer, inner) = (declare(0..half), declare(half..number));
            format!("{START}{outer}{BODY}<n:in{inner}>{}</n:in>{END}", lines()).into_bytes()
        }
        _ => return Err(unknown()),
    })
}

/// A header block as WS-Addressing has them.
fn block(number: usize) -> String {
    format!(
        "<prt:Part{number} xmlns:prt=\"urn:example:parts\" order=\"{number}\">\
         <prt:Address>urn:uuid:0f4e3a5c-{number:04}-4b2f-9d8e-6a1b2c3d4e5f</prt:Address>\
         </prt:Part{number}>"
    )
}
