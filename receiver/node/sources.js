// Where a receiver may fetch anything: SNS in the topic's own region, and an emulator if one is named.

import { readFileSync } from "node:fs";
import { UntrustedMessage, shown } from "./refusals.js";

const TOPIC_ARN = /^arn:(aws|aws-us-gov|aws-cn|aws-eusc):sns:([a-z0-9]+(?:-[a-z0-9]+)+):[0-9]{12}:[A-Za-z0-9_-]{1,256}$/;
const DOMAINS = {
  "aws": "amazonaws.com",
  "aws-us-gov": "amazonaws.com",
  "aws-cn": "amazonaws.com.cn",
  "aws-eusc": "amazonaws.eu",
};
const CERTIFICATE_PATH = /^\/SimpleNotificationService-[0-9a-f]{32}\.pem$/;
const HTTPS_ORIGIN = /^https:\/\/[^/?#@\s]+$/;
const LOOPBACK_ORIGIN = /^http:\/\/(localhost|127(\.[0-9]+){3}|\[::1\])(:[0-9]+)?$/;

// One more SNS to trust beside AWS's own: an emulator on the developer's machine. Both origins are
// `scheme://host:port`. Certificates come by https, proven by the authority in `caFile`; subscriptions are confirmed
// by https as well, or by http on this machine.
export class SigningAuthority {
  constructor({ certificateOrigin, confirmationOrigin, caFile, ...unknown } = {}) {
    const [name] = Object.keys(unknown);
    if (name) throw new TypeError(`${name} is not a part of a SigningAuthority`);
    if (!HTTPS_ORIGIN.test(certificateOrigin)) {
      throw new TypeError("certificateOrigin is an https origin such as https://localhost:4443");
    }
    if (!HTTPS_ORIGIN.test(confirmationOrigin) && !LOOPBACK_ORIGIN.test(confirmationOrigin)) {
      throw new TypeError("confirmationOrigin is an origin with https, or with http on this machine");
    }
    if (!(typeof caFile === "string" && caFile) && !(caFile instanceof URL)) {
      throw new TypeError("caFile is the path of the authority's certificate, in PEM");
    }
    this.certificateOrigin = certificateOrigin;
    this.confirmationOrigin = confirmationOrigin;
    this.caFile = caFile;
    Object.freeze(this);
  }
}

// Return where the signing certificate may be fetched, refusing every other place.
export function certificateSource(envelope, authority) {
  const origins = originsOf(envelope, authority, "certificateOrigin");
  const url = envelope.certificateUrl;
  for (const [origin, caFile] of origins) {
    if (url.startsWith(origin) && CERTIFICATE_PATH.test(url.slice(origin.length))) return { url, caFile };
  }
  const places = [...origins.keys()].join(" or ");
  throw new UntrustedMessage("certificate_url", `${shown(url)} is not a signing certificate at ${places}.`);
}

// Return the URL that confirms the subscription, refusing one that would do anything else.
export function confirmationSource(envelope, authority) {
  const origins = originsOf(envelope, authority, "confirmationOrigin");
  const url = envelope.subscribeUrl;
  for (const [origin, caFile] of origins) {
    if (url.startsWith(`${origin}/?`) && confirms(url.slice(origin.length + 2), envelope)) return { url, caFile };
  }
  const places = [...origins.keys()].join(" or ");
  throw new UntrustedMessage("subscribe_url", `${shown(url)} does not confirm this subscription at ${places}.`);
}

// Return the origin of SNS in the topic's own region; TypeError for what is no ARN of a standard topic.
export function snsOrigin(topicArn) {
  const [, partition, region] = TOPIC_ARN.exec(topicArn) ?? [];
  if (!partition) throw new TypeError(`topicArns: ${shown(topicArn)} is not the ARN of a standard SNS topic`);
  return `https://sns.${region}.${DOMAINS[partition]}`;
}

// Read the certificates that vouch for a source; undefined means the system's.
export function authorityOf(source) {
  return source.caFile === undefined ? undefined : readFileSync(source.caFile);
}

function originsOf(envelope, authority, name) {
  const origins = new Map([[snsOrigin(envelope.topicArn), undefined]]);
  if (authority) origins.set(authority[name], authority.caFile);
  return origins;
}

function confirms(query, envelope) {
  if (query.startsWith("?")) return false; // URLSearchParams would overlook it
  const pairs = [...new URLSearchParams(query)];
  const expected = { Action: "ConfirmSubscription", TopicArn: envelope.topicArn, Token: envelope.token };
  return (
    pairs.length === 3 &&
    Object.entries(expected).every(([name, value]) => pairs.some((pair) => pair[0] === name && pair[1] === value))
  );
}
