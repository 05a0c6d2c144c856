"""The fleet server: intake, certificates, assets, documents, and the API that people use."""
