"""A real Kafka that clients reach over TLS with user and password only (SASL_SSL, mechanism PLAIN)."""

from __future__ import annotations

from pathlib import Path

from tests.servers.certificates import Certificates
from tests.servers.kafka import KafkaServer

USER, PASSWORD = "monitor", "correct-horse"
_JAAS = (
    "org.apache.kafka.common.security.plain.PlainLoginModule required "
    f'username="broker" password="battery-staple" user_broker="battery-staple" user_{USER}="{PASSWORD}";'
)


def secure_kafka(directory: Path, certificates: Certificates) -> KafkaServer:
    """The server, not yet started."""
    directory.mkdir(parents=True, exist_ok=True)
    keystore = directory / "keystore.pem"
    keystore.write_bytes(certificates.key.read_bytes() + certificates.certificate.read_bytes())
    server = KafkaServer(directory, {
        "listener.security.protocol.map": "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN", "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "listener.name.clients.plain.sasl.jaas.config": _JAAS,
        "ssl.keystore.type": "PEM", "ssl.keystore.location": str(keystore),
        "ssl.truststore.type": "PEM", "ssl.truststore.location": str(certificates.authority),
    })  # fmt: skip
    server.admin_config |= {
        "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.username": USER, "sasl.password": PASSWORD,
        "ssl.ca.location": str(certificates.authority),
    }  # fmt: skip
    return server
