//! The message of the benchmarks: one SOAP envelope of order lines, as a generated client writes
//! it. A line has about 340 octets, six elements with one to three attributes, and five
//! namespaces in scope.

/// An envelope of at least `octets` octets, the same at every call.
pub(crate) fn envelope(octets: usize) -> Vec<u8> {
    let mut out = HEAD.as_bytes().to_vec();
    let mut number = 0_u64;
    while out.len() + TAIL.len() < octets {
        push_line(&mut out, number);
        number += 1;
    }
    out.extend_from_slice(TAIL.as_bytes());
    out
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
    xmlns:ord=\"urn:example:orders:2024\" xmlns:cat=\"urn:example:catalogue\" \
    xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
    xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\
    <soapenv:Header/><soapenv:Body>\
    <ord:PlaceOrder reference=\"2024-0815\" priority=\"normal\">\n";
const TAIL: &str = "</ord:PlaceOrder></soapenv:Body></soapenv:Envelope>\n";

fn push_line(out: &mut Vec<u8>, number: u64) {
    // Values of changing length, so that nothing stands at a fixed distance.
    let hash = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let article = (hash >> 20) % 10_u64.pow(2 + (hash % 6) as u32);
    let quantity = 1 + (hash >> 7) % 500;
    let (whole, cents) = ((hash >> 33) % 9_000, (hash >> 50) % 100);
    let name = NAMES[(hash >> 40) as usize % NAMES.len()];
    let line = format!(
        "<ord:Line number=\"{number}\" status=\"open\">\
         <cat:Article code=\"A-{article}\" scheme=\"internal\" xsi:type=\"cat:ArticleType\">{name}\
         </cat:Article>\
         <ord:Quantity unit=\"PCE\">{quantity}</ord:Quantity>\
         <ord:Price currency=\"EUR\" xsi:type=\"xsd:decimal\">{whole}.{cents:02}</ord:Price>\
         <ord:Delivery mode=\"parcel\">2024-11-{:02}T08:00:00Z</ord:Delivery>\
         <ord:Note lang=\"en\"/></ord:Line>\n",
        1 + number % 28,
    );
    out.extend_from_slice(line.as_bytes());
}

const NAMES: [&str; 6] = [
    "Hex bolt M8 x 40",
    "Washer, stainless",
    "Bearing 6204-2RS",
    "Hose clamp 32 &amp; 50 mm",
    "Gasket",
    "Cable gland, grey, with strain relief",
];
