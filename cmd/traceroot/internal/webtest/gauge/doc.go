package gauge
